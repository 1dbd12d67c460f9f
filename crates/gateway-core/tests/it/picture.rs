//! A picture on its way.

use std::path::Path;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use gateway_core::picture::{MEMORY_LIMIT, MediaType, Picture, PictureError, SIZE_LIMIT};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[derive(Debug, thiserror::Error)]
#[error("the source broke")]
struct Broken;

/// A PNG's beginning and then bytes that differ from place to place.
fn png(len: usize) -> Vec<u8> {
    let mut bytes = PNG.to_vec();
    bytes.extend((PNG.len()..len).map(|at| u8::try_from(at * 31 % 251).unwrap()));
    bytes
}

async fn collect(bytes: &[u8], folder: Option<&Path>) -> Result<Picture, PictureError<Broken>> {
    let pieces: Vec<_> = bytes.chunks(40_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Picture::collect(stream::iter(pieces), folder).await
}

async fn read(picture: &Picture) -> Vec<u8> {
    let pieces: Vec<Bytes> = picture.stream().try_collect().await.unwrap();
    assert!(pieces.iter().all(|piece| piece.len() <= 64 << 10), "a piece is larger than 64 KiB");
    pieces.concat()
}

#[tokio::test]
async fn up_to_a_mebibyte_stays_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let limit = usize::try_from(SIZE_LIMIT).unwrap();
    for (len, in_memory) in [(8, true), (MEMORY_LIMIT, true), (MEMORY_LIMIT + 1, false), (limit, false)] {
        let bytes = png(len);
        let picture = collect(&bytes, Some(folder.path())).await.unwrap();
        assert_eq!(picture.is_in_memory(), in_memory, "{len} bytes");
        assert_eq!(picture.len(), u64::try_from(len).unwrap());
        assert_eq!((picture.media_type(), picture.extension()), (MediaType::Png, "png"));
        assert!(read(&picture).await == bytes, "{len} bytes come back changed");
        assert!(read(&picture).await == bytes, "{len} bytes come back changed the second time");
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 0, "the temporary file has a name, and would be left behind");
    }
}

#[tokio::test]
async fn more_than_twenty_mebibytes_is_refused_before_the_end() {
    let piece = Bytes::from(png(1 << 20));
    let endless = stream::repeat_with(|| Ok::<_, Broken>(piece.clone()));
    let error = Picture::collect(endless, None).await.unwrap_err();
    assert!(matches!(error, PictureError::TooLarge), "{error:?}");
    let error = collect(&png(usize::try_from(SIZE_LIMIT).unwrap() + 1), None).await.unwrap_err();
    assert!(matches!(error, PictureError::TooLarge), "{error:?}");
}

#[tokio::test]
async fn readers_do_not_disturb_each_other() {
    let bytes = png(3 << 20);
    let picture = collect(&bytes, None).await.unwrap();
    let (mut one, mut two) = (picture.stream(), picture.stream());
    drop(picture);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    while let Some(piece) = one.next().await {
        first.extend_from_slice(&piece.unwrap());
        if first.len() % (128 << 10) == 0
            && let Some(piece) = two.next().await
        {
            second.extend_from_slice(&piece.unwrap());
        }
    }
    while let Some(piece) = two.next().await {
        second.extend_from_slice(&piece.unwrap());
    }
    assert!(first == bytes && second == bytes, "two readers at once mix their places up");
}

#[tokio::test]
async fn what_is_in_memory_is_not_copied() {
    let picture = collect(&png(1000), None).await.unwrap();
    let [one, two] =
        [picture.stream().next().await, picture.stream().next().await].map(|piece| piece.unwrap().unwrap());
    assert_eq!(one.as_ptr(), two.as_ptr());
}

#[tokio::test]
async fn an_error_in_the_middle_is_the_sources() {
    for whole in [1_000, MEMORY_LIMIT + 1_000] {
        let pieces = stream::iter([Ok(Bytes::from(png(whole))), Err(Broken), Ok(Bytes::from_static(b"x"))]);
        let error = Picture::collect(pieces, None).await.unwrap_err();
        assert!(matches!(error, PictureError::Source(Broken)), "{error:?}");
    }
}

#[tokio::test]
async fn the_first_bytes_tell_what_it_is() {
    for (bytes, expected) in [
        (&b"\xff\xd8\xff\xe0abc"[..], Ok(MediaType::Jpeg)),
        (PNG, Ok(MediaType::Png)),
        (b"GIF89a...", Ok(MediaType::Gif)),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Ok(MediaType::WebP)),
        (b"<!DOCTYPE html><html>Not found", Err("text/html")),
        (b"\n<html><body>502", Err("text/html")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Err("image/svg+xml")),
        (b"<?xml version='1.0'?><svg/>", Err("image/svg+xml")),
        (b"{\"error\":\"gone\"}", Err("text")),
        (b"GIFTS for everyone", Err("text")),
        (b"%PDF-1.7 x", Err("application/pdf")),
        (b"\x00\x01\x02\x03", Err("data of an unknown kind")),
    ] {
        match (collect(bytes, None).await, expected) {
            (Ok(picture), Ok(expected)) => assert_eq!(picture.media_type(), expected),
            (Err(PictureError::NotAPicture { seems }), Err(expected)) => assert_eq!(seems, expected),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }
    let error = collect(b"", None).await.unwrap_err();
    assert!(matches!(error, PictureError::Empty), "{error:?}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap().path().join("gone");
    let error = collect(&png(MEMORY_LIMIT + 1), Some(&folder)).await.unwrap_err();
    assert!(matches!(error, PictureError::Disk { .. }), "{error:?}");
    assert!(error.to_string().contains("gone"), "{error}");
}
