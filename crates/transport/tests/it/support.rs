//! A transport on a test clock, and a host that can do what no HTTP library lets a server do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clock::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use transport::{Settings, Transport};
use url::Url;

pub(crate) fn test_clock() -> Clock {
    Clock::test("2026-03-01T12:00:00Z".parse().unwrap())
}

pub(crate) fn settings(clock: &Clock) -> Settings {
    let mut settings = Settings::new("transport-tests", clock.clone());
    settings.read_timeout = Duration::from_secs(5);
    settings
}

pub(crate) fn transport(clock: &Clock) -> Transport {
    Transport::new(settings(clock)).unwrap()
}

/// What a [`RawHost`] does with a connection's next request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Answers with these bytes.
    Say(String),
    /// Answers 400 and quotes the whole request.
    Quote,
    /// Closes the connection without a word.
    Close,
    /// Says a part of an answer, then closes.
    SayAndClose(String),
    /// Says nothing and keeps the connection.
    Hang,
}

/// A host that reads each request to its end and then does the next of its acts; the last act is repeated.
pub(crate) struct RawHost {
    pub(crate) url: Url,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl RawHost {
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (seen, acts) = (Arc::clone(&seen), acts.clone());
                tokio::spawn(async move {
                    while let Some(request) = read_request(&mut stream).await {
                        let n = {
                            let mut seen = seen.lock().unwrap();
                            seen.push(request.clone());
                            seen.len() - 1
                        };
                        match acts.get(n).or(acts.last()).unwrap() {
                            Act::Say(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                            Act::Quote => {
                                let head =
                                    format!("HTTP/1.1 400 No\r\nContent-Length: {}\r\n\r\n", request.len());
                                stream.write_all((head + &request).as_bytes()).await.unwrap();
                            }
                            Act::SayAndClose(part) => {
                                stream.write_all(part.as_bytes()).await.unwrap();
                                return;
                            }
                            Act::Close => return,
                            Act::Hang => std::future::pending().await,
                        }
                    }
                });
            }
        });
        Self { url, requests, task }
    }

    /// The requests as they came, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for RawHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request with a Content-Length or none at all; `None` at the end of the connection.
async fn read_request(stream: &mut tokio::net::TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(head) = text.find("\r\n\r\n") {
            let length: usize = text
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if bytes.len() >= head + 4 + length {
                return Some(text);
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

pub(crate) fn ok(body: &str) -> Act {
    Act::Say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

pub(crate) fn status(status: &str, headers: &str) -> Act {
    Act::Say(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n"))
}
