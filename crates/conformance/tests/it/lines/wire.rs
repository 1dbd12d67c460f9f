//! A connection to the shop, and what is done when it ends.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use connector::PlatformError;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::Flaw;
use super::platform::SECRET;

/// How often a question is asked in all, and with a flaw how often a log-in is tried that was refused.
const TRIES: usize = 3;
const MANY_TRIES: usize = 10;

pub(super) struct Wire {
    pub(super) flaw: Flaw,
    pub(super) address: String,
    pub(super) secret: String,
    pub(super) connection: Mutex<Option<BufReader<TcpStream>>>,
    pub(super) requests: AtomicU64,
}

/// How an answer is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Lines,
    Picture,
}

impl Wire {
    /// Connects and logs in, where that was not done.
    pub(super) async fn log_in(&self) -> Result<(), PlatformError> {
        self.tried(None).await.map(drop)
    }

    /// The lines of an answer.
    pub(super) async fn ask(&self, question: &str) -> Result<Vec<String>, PlatformError> {
        let answer = self.tried(Some((question, Shape::Lines))).await?;
        let text = String::from_utf8(answer).map_err(|_| failed("the shop answers what is no text"))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    pub(super) async fn picture(&self, question: &str) -> Result<Vec<u8>, PlatformError> {
        self.tried(Some((question, Shape::Picture))).await
    }

    async fn tried(&self, question: Option<(&str, Shape)>) -> Result<Vec<u8>, PlatformError> {
        let tries = if self.flaw == Flaw::NeverAsksAgain { 1 } else { TRIES };
        let mut connection = self.connection.lock().await;
        let mut last = failed("the shop was not asked");
        for _ in 0..tries {
            if connection.is_none() {
                match self.connected().await {
                    Ok(new) => *connection = Some(new),
                    Err(error @ PlatformError::Settings { .. }) => return Err(error),
                    Err(error) => {
                        last = error;
                        continue;
                    }
                }
            }
            let (Some(open), Some((question, shape))) = (connection.as_mut(), question) else {
                return Ok(Vec::new());
            };
            if self.flaw != Flaw::CountsNothing {
                self.requests.fetch_add(1, Ordering::Relaxed);
            }
            match self.answer(open, question, shape).await {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    *connection = None;
                    last = failed(&format!("the shop does not answer: {error}"));
                }
            }
        }
        Err(last)
    }

    async fn answer(
        &self,
        connection: &mut BufReader<TcpStream>,
        question: &str,
        shape: Shape,
    ) -> io::Result<Vec<u8>> {
        connection.get_mut().write_all(format!("{question}\n").as_bytes()).await?;
        let mut answer = Vec::new();
        if shape == Shape::Picture {
            let mut length = String::new();
            connection.read_line(&mut length).await?;
            answer.resize(length.trim_end().parse().map_err(io::Error::other)?, 0);
            connection.read_exact(&mut answer).await?;
        }
        loop {
            let mut line = Vec::new();
            let read = connection.read_until(b'\n', &mut line).await;
            if line == b"\n" {
                return Ok(answer);
            }
            if !line.ends_with(b"\n") {
                return match read {
                    Ok(_) if self.flaw == Flaw::TakesTornForWhole => Ok(answer),
                    Ok(_) if self.flaw == Flaw::TakesTornLevels && question == "LEVELS" => Ok(answer),
                    Ok(_) if self.flaw == Flaw::QuotesAnswers => {
                        answer.extend(line);
                        Err(io::Error::other(format!("it said {}", String::from_utf8_lossy(&answer))))
                    }
                    Ok(_) => Err(io::ErrorKind::UnexpectedEof.into()),
                    Err(error) => Err(error),
                };
            }
            answer.extend(line);
        }
    }

    async fn connected(&self) -> Result<BufReader<TcpStream>, PlatformError> {
        let tries = if self.flaw == Flaw::InsistsOnSecret { MANY_TRIES } else { 1 };
        for _ in 0..tries {
            let silent = |error: io::Error| failed(&format!("the shop does not answer: {error}"));
            let mut connection = BufReader::new(TcpStream::connect(&self.address).await.map_err(silent)?);
            let question = format!("LOGIN {}", self.secret);
            match self.answer(&mut connection, &question, Shape::Lines).await.map_err(silent)?.as_slice() {
                b"IN\n" => return Ok(connection),
                b"NO\n" => {}
                _ => return Err(failed("the shop answers neither IN nor NO to the log-in")),
            }
        }
        Err(PlatformError::Settings {
            what: "the shop lets nobody in with this secret".to_owned(),
            hint: format!("correct {SECRET}"),
        })
    }
}

pub(super) fn failed(what: &str) -> PlatformError {
    PlatformError::Failed { what: what.to_owned() }
}
