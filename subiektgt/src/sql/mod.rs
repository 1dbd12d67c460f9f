//! A firm's database, asked by statements that read and never by others.
//!
//! - [`statements`]: every statement that is sent.
//! - `connection`: how the server is found and logged in to.
//! - `failure`: what it means that it does not answer.

mod connection;
mod failure;
pub(crate) mod statements;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clock::{Clock, Moment};
use connector::Common;
use tiberius::{Row, ToSql};
use tokio::sync::{OnceCell, Semaphore};

use connection::{Connection, Door};
pub(crate) use failure::Failure;

use crate::settings::Sql;

/// How many statements are under way at once, unless the user says otherwise: shops' servers are small, and people work on them.
const AT_ONCE: usize = 2;

/// How often what may pass is tried.
const TRIES: u32 = 4;

/// How often a part of what has failed is tried.
const TRIES_OF_A_PART: u32 = 2;

/// How long it is waited before the second try; before each later one twice as long as before.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// How often what took too long is tried: whoever waits is waited for by others.
const TRIES_OF_THE_SLOW: u32 = 2;

/// How long a whole answer may take, however it trickles.
const TO_ANSWER_WHOLLY: Duration = Duration::from_secs(240);

fn tries_of(failure: &Failure, usual: u32) -> u32 {
    match failure {
        Failure::TooSlow(_) => usual.min(TRIES_OF_THE_SLOW),
        _ => usual,
    }
}

/// A value of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Parameter {
    Int(i32),
    Text(String),
}

impl From<i32> for Parameter {
    fn from(number: i32) -> Self {
        Self::Int(number)
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// How stubbornly something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// As anything is.
    Usually,
    /// It is a part of what has failed just now.
    AsAPart,
}

/// A firm's database.
pub(crate) struct Database {
    sql: Sql,
    clock: Clock,
    door: OnceCell<Door>,
    /// Connections that nobody uses just now.
    idle: Mutex<Vec<Connection>>,
    places: Semaphore,
    /// When the next statement may be sent, and how long after it another one.
    pace: Option<(Mutex<Moment>, Duration)>,
    asked: AtomicU64,
}

impl Database {
    /// A database that nothing is asked yet.
    pub(crate) fn new(sql: Sql, common: &Common, clock: Clock) -> Self {
        let pace = common.shop_rate.map(|rate| {
            let step = Duration::from_secs(60) / rate.get();
            (Mutex::new(clock.moment()), step)
        });
        Self {
            sql,
            clock,
            door: OnceCell::new(),
            idle: Mutex::default(),
            places: Semaphore::new(common.shop_concurrency.unwrap_or(AT_ONCE).max(1)),
            pace,
            asked: AtomicU64::new(0),
        }
    }

    /// What is read of it.
    pub(crate) fn settings(&self) -> &Sql {
        &self.sql
    }

    /// How many statements it was sent, repetitions counted.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// The rows of a statement, all of them: statements are made so that they are not many.
    pub(crate) async fn rows(
        &self,
        statement: &str,
        parameters: &[Parameter],
        asked: Asked,
    ) -> Result<Vec<Row>, Failure> {
        let tries = match asked {
            Asked::Usually => TRIES,
            Asked::AsAPart => TRIES_OF_A_PART,
        };
        let mut wait = FIRST_WAIT;
        let mut tried = 1;
        loop {
            // Its future is large.
            match Box::pin(self.once(statement, parameters)).await {
                Err(failure) if failure.may_pass() && tried < tries_of(&failure, tries) => {
                    tracing::warn!(tried, "{}; asking again", failure.what());
                    self.clock.sleep(wait).await;
                    wait *= 2;
                    tried += 1;
                }
                answered => return answered,
            }
        }
    }

    async fn once(&self, statement: &str, parameters: &[Parameter]) -> Result<Vec<Row>, Failure> {
        let closed = |_| Failure::Unreachable("the database is not asked any more".to_owned());
        let _place = self.places.acquire().await.map_err(closed)?;
        self.keep_pace().await;
        let idle = self.idle().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(statement, ?parameters, "asking the database");
        let values: Vec<&dyn ToSql> = parameters
            .iter()
            .map(|parameter| match parameter {
                Parameter::Int(number) => number as &dyn ToSql,
                Parameter::Text(text) => text,
            })
            .collect();
        let answered = tokio::time::timeout(TO_ANSWER_WHOLLY, async {
            connection.query(statement, &values).await?.into_first_result().await
        });
        let failed = match answered.await {
            Err(_) => Failure::too_slow(),
            Ok(Ok(rows)) => {
                tracing::debug!(rows = rows.len(), "the database has answered");
                self.idle().push(connection);
                return Ok(rows);
            }
            Ok(Err(error)) => Failure::of_statement(&error),
        };
        match failed {
            // What the server refuses leaves the connection as it was.
            Failure::Denied { .. } => self.idle().push(connection),
            // Where one broke, others that are as old are no better.
            _ => self.idle().clear(),
        }
        Err(failed)
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let door = self.door.get_or_try_init(|| async { Door::new(&self.sql) }).await?;
        door.connect().await
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until another statement may be sent.
    async fn keep_pace(&self) {
        let Some((next, step)) = &self.pace else { return };
        let at = {
            let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = (*next).max(self.clock.moment());
            *next = at + *step;
            at
        };
        self.clock.sleep_until(at).await;
    }
}

/// So many things are named by a statement, the last of them again and again, so that there are few statements for a server to plan.
const NAMED: [usize; 4] = [1, 10, 100, 500];

/// The parameters of a statement that names these, of which there is at least one.
pub(crate) fn in_list<T: Clone + Into<Parameter>>(ids: &[T]) -> Vec<Parameter> {
    let length = NAMED.into_iter().find(|length| *length >= ids.len()).unwrap_or(ids.len());
    let last = ids.last().cloned();
    let again = std::iter::repeat_n(last, length - ids.len()).flatten();
    ids.iter().cloned().chain(again).map(Into::into).collect()
}
