//! A stand-in for the service that tells at which port an instance listens.

use std::io;
use std::net::SocketAddr;

use sandbox_kit::own_address;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Asks for one instance, whose name follows.
const ONE_INSTANCE: u8 = 0x04;
/// The answer, whose length and text follow.
const ANSWER: u8 = 0x05;
/// A name of an instance is not longer than this.
const LONGEST_NAME: usize = 32;

/// A running SQL Server Browser, which knows one instance. Real ones listen at the UDP port 1434. It stops when this is
/// dropped.
pub struct Browser {
    address: SocketAddr,
    running: JoinHandle<()>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Browser {
    /// Binds the address and answers in the background that the instance of this name, in any case, listens at this port. Who
    /// asks for another one gets no answer, as from a real one. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(listen: SocketAddr, instance: &str, port: u16) -> io::Result<Self> {
        let socket = UdpSocket::bind(listen).await?;
        let address = own_address(socket.local_addr()?);
        let running = tokio::spawn(serve(socket, instance.to_owned(), port));
        Ok(Self { address, running })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve(socket: UdpSocket, instance: String, port: u16) {
    let text =
        format!("ServerName;SANDBOX;InstanceName;{instance};IsClustered;No;Version;12.0.2000.8;tcp;{port};;");
    let mut answer = vec![ANSWER];
    answer.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
    answer.extend(text.as_bytes());
    let mut asked = [0; 1 + LONGEST_NAME + 1];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut asked).await else {
            tokio::task::yield_now().await;
            continue;
        };
        let Some((&ONE_INSTANCE, name)) = asked.get(..length).and_then(<[u8]>::split_first) else { continue };
        let name = name.strip_suffix(&[0]).unwrap_or(name);
        if name.eq_ignore_ascii_case(instance.as_bytes())
            && let Err(error) = socket.send_to(&answer, client).await
        {
            tracing::debug!(%error, "no answer to the client");
        }
    }
}
