//! TLS, whose handshake goes in packets of the protocol, and all after it does not.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::packet::{GREETING, HEADER, USUAL_SIZE, malformed, packet};

/// What a server encrypts with.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// The certificate, in PEM, of who vouches for the server.
    pub(crate) authority: String,
}

impl Tls {
    /// Makes an authority, and a certificate of its. They have TLS 1.2: in 1.3 the server would have something to say between
    /// the handshake and the log-in, for which there is no place.
    pub(crate) fn new() -> io::Result<Self> {
        let (authority, chain, key) = certificates().map_err(io::Error::other)?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS12])
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(io::Error::other)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), authority })
    }
}

type Chain = Vec<rustls::pki_types::CertificateDer<'static>>;

fn certificates() -> Result<(String, Chain, PrivateKeyDer<'static>), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Sandbox authority");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    let own = params.signed_by(&key, &authority)?;
    Ok((authority.pem(), vec![own.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into())))
}

/// Does the handshake; after it the stream carries the bare records of TLS.
pub(crate) async fn accept(acceptor: &TlsAcceptor, stream: TcpStream) -> io::Result<TlsStream<Wrapped>> {
    let mut encrypted = acceptor.accept(Wrapped::new(stream)).await?;
    encrypted.get_mut().0.is_wrapping = false;
    Ok(encrypted)
}

/// The stream itself, where only the log-in was to be encrypted.
pub(crate) fn give_up(encrypted: TlsStream<Wrapped>) -> TcpStream {
    encrypted.into_inner().0.stream
}

/// A stream that wraps what goes over it in packets until it is told not to.
pub(crate) struct Wrapped {
    stream: TcpStream,
    is_wrapping: bool,
    /// What is known of the header of the packet that comes in.
    header: BytesMut,
    /// What is still to come of its body.
    left: usize,
    /// What is to be sent with the next packet.
    gathered: BytesMut,
    /// What is left to be sent of the packet that is on its way.
    leaving: Bytes,
}

impl Wrapped {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            is_wrapping: true,
            header: BytesMut::new(),
            left: 0,
            gathered: BytesMut::new(),
            leaving: Bytes::new(),
        }
    }

    /// Reads at most `most` bytes of what really comes in.
    fn poll_raw(&mut self, context: &mut Context<'_>, most: usize) -> Poll<io::Result<Bytes>> {
        let mut space = [0; USUAL_SIZE];
        let mut space = ReadBuf::new(space.get_mut(..most.min(USUAL_SIZE)).unwrap_or_default());
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut space))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(space.filled())))
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.is_wrapping {
            return Pin::new(&mut this.stream).poll_read(context, into);
        }
        while this.left == 0 {
            let read = ready!(this.poll_raw(context, HEADER - this.header.len()))?;
            if read.is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.header.extend_from_slice(&read);
            if this.header.len() == HEADER {
                let mut header = this.header.split();
                let (kind, _, length) = (header.get_u8(), header.get_u8(), header.get_u16());
                if kind != GREETING {
                    return Poll::Ready(Err(malformed("no handshake")));
                }
                this.left = usize::from(length).saturating_sub(HEADER);
            }
        }
        let read = ready!(this.poll_raw(context, this.left.min(into.remaining())))?;
        this.left -= read.len();
        into.put_slice(&read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.is_wrapping {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        }
        self.gathered.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            while !this.leaving.is_empty() {
                let sent = ready!(Pin::new(&mut this.stream).poll_write(context, &this.leaving))?;
                if sent == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                this.leaving.advance(sent);
            }
            if this.gathered.is_empty() {
                return Pin::new(&mut this.stream).poll_flush(context);
            }
            let body = this.gathered.split_to(this.gathered.len().min(USUAL_SIZE - HEADER));
            this.leaving = packet(GREETING, this.gathered.is_empty(), 1, &body);
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
