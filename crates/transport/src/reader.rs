//! Reading a body, with an end to every wait.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use url::Url;

use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::{cause, error, timed_out};
use crate::host::Place;
use crate::request::Request;

/// The longest time in which an answer that is held in memory must have come: a host that sends a byte now and then is
/// not waited for without end.
const LONGEST_READING: Duration = Duration::from_secs(10 * 60);

/// What is still to come of an answer.
pub(crate) struct Reader {
    pub(crate) response: reqwest::Response,
    pub(crate) timeout: Duration,
}

impl Reader {
    pub(crate) async fn next(
        &mut self,
        request: &Request,
        url: &Url,
        place: &Place,
    ) -> Result<Option<Bytes>, Error> {
        match tokio::time::timeout(self.timeout, self.response.chunk()).await {
            Err(_elapsed) => Err(timed_out(request, url, place, self.timeout)),
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(failure)) => {
                let why = request.secrets.scrub(&cause(&failure));
                Err(error(request, url, Outcome::Unknown, ErrorKind::Dropped(why)))
            }
        }
    }

    pub(crate) async fn whole(self, request: &Request, url: &Url, place: &Place) -> Result<Bytes, Error> {
        match tokio::time::timeout(LONGEST_READING, self.chunks(request, url, place)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(timed_out(request, url, place, LONGEST_READING)),
        }
    }

    async fn chunks(mut self, request: &Request, url: &Url, place: &Place) -> Result<Bytes, Error> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.next(request, url, place).await? {
            if (body.len() + chunk.len()) as u64 > request.largest_answer {
                let limit = request.largest_answer;
                return Err(error(request, url, Outcome::Unknown, ErrorKind::TooLarge { limit }));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}
