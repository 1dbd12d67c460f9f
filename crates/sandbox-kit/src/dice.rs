//! Which call suffers which fault: scripts first, then the dice.

use std::collections::VecDeque;
use std::fmt::Display;

use http::Method;

/// Decides which call suffers which fault of type `F`.
pub struct Dice<F> {
    scripts: Vec<Script<F>>,
    rates: Vec<(F, u8)>,
    random: fastrand::Rng,
}

struct Script<F> {
    method: Method,
    path_prefix: String,
    faults: VecDeque<F>,
}

impl<F: Copy> Dice<F> {
    /// Dice that throw each fault in so many percent of the calls; see [`check_rates`].
    #[must_use]
    pub fn new(rates: Vec<(F, u8)>, seed: u64) -> Self {
        Self { scripts: Vec::new(), rates, random: fastrand::Rng::with_seed(seed) }
    }

    /// Lets the next calls of this method, whose path begins with `path_prefix`, suffer these faults, one each.
    pub fn script(&mut self, method: Method, path_prefix: &str, faults: impl IntoIterator<Item = F>) {
        let faults = faults.into_iter().collect();
        self.scripts.push(Script { method, path_prefix: path_prefix.to_owned(), faults });
    }

    /// The fault of the next call; `None` is none. The oldest script that matches and is not used up decides; one throw
    /// of the dice per other call, so that the same calls in the same order suffer the same faults.
    pub fn next(&mut self, method: &Method, path: &str) -> Option<F> {
        self.scripts.retain(|script| !script.faults.is_empty());
        let scripted = self
            .scripts
            .iter_mut()
            .find(|script| script.method == *method && path.starts_with(&script.path_prefix))
            .and_then(|script| script.faults.pop_front());
        if scripted.is_some() {
            return scripted;
        }
        let mut thrown = self.random.u8(0..100);
        for &(fault, percent) in &self.rates {
            if thrown < percent {
                return Some(fault);
            }
            thrown -= percent;
        }
        None
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.random.bool()
    }
}

/// Why fault rates make no sense.
#[derive(Debug, thiserror::Error)]
pub enum RateError {
    /// The fault rates are not percents of all calls.
    #[error("the fault rates make {0} % together; they can be 100 at most")]
    Sum(u32),
    /// A fault that is for scripts only.
    #[error("`{0}` cannot be given a rate: it is for scripts only")]
    NotRandom(String),
}

/// Checks that rates name faults that may come at random, and make at most 100 % together.
///
/// # Errors
/// When they do not.
pub fn check_rates<F: PartialEq + Display>(rates: &[(F, u8)], random: &[F]) -> Result<(), RateError> {
    if let Some((fault, _)) = rates.iter().find(|(fault, _)| !random.contains(fault)) {
        return Err(RateError::NotRandom(fault.to_string()));
    }
    let together = rates.iter().map(|(_, percent)| u32::from(*percent)).sum();
    if together > 100 { Err(RateError::Sum(together)) } else { Ok(()) }
}
