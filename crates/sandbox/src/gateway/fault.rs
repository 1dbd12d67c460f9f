//! What can go wrong with a call.

use std::fmt;
use std::str::FromStr;

/// A way in which a call goes wrong. API calls and picture uploads suffer faults; the browser's page never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// None: the call is answered as usual. For scripts such as "the third call fails".
    Pass,
    /// 429 with `Retry-After: 1`; nothing is done.
    TooMany,
    /// 500; nothing is done.
    ServerError,
    /// The connection is closed without an answer; nothing is done.
    Drop,
    /// The call is done, then the connection is closed without an answer.
    LostAnswer,
    /// The call is done, then answered with 500 or 504 (the dice decide).
    DoneButError,
    /// Of a list of products only the first half is done (of one: none), and the answer is 200 with those alone.
    /// Other calls are answered as usual.
    Half,
    /// No answer ever; nothing is done. By script only: at random it would stop everybody.
    Hang,
}

impl Fault {
    /// The faults that a rate can be given for.
    pub const RANDOM: [Self; 6] =
        [Self::TooMany, Self::ServerError, Self::Drop, Self::LostAnswer, Self::DoneButError, Self::Half];

    fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::TooMany => "too-many",
            Self::ServerError => "server-error",
            Self::Drop => "drop",
            Self::LostAnswer => "lost-answer",
            Self::DoneButError => "done-but-error",
            Self::Half => "half",
            Self::Hang => "hang",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fault's name that is none of [`Fault::RANDOM`].
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no fault; choose one of too-many, server-error, drop, lost-answer, done-but-error, half")]
pub struct UnknownFault(String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::RANDOM
            .into_iter()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault(name.to_owned()))
    }
}
