//! What libraries say while they work, as plain sentences on standard error.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::output::Screen;
use crate::settings::Voice;

/// Our crates, besides the platform's own.
const OURS: [&str; 6] = ["cli", "clock", "connector", "gateway_core", "state", "transport"];

/// Shows warnings (waits and repetitions among them), unless the run is quiet; with `-v` what our crates do, with `-vv`
/// everything that anybody says.
pub(crate) fn start(voice: Voice, platform: &str, screen: Screen) {
    let level = match (voice.quiet, voice.verbosity) {
        (true, _) => LevelFilter::OFF,
        (_, 0) => LevelFilter::WARN,
        (_, 1) => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let others = if voice.verbosity > 1 { level } else { LevelFilter::OFF };
    let platform = platform.replace('-', "_");
    let ours = OURS.iter().copied().chain([platform.as_str()]).map(|name| (name.to_owned(), level));
    let filter = Targets::new().with_default(others).with_targets(ours);
    // A second program in one process keeps the first one's.
    let _set = tracing_subscriber::registry().with(Sentences(screen).with_filter(filter)).try_init();
}

struct Sentences(Screen);

impl<S: Subscriber> Layer<S> for Sentences {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut parts = Parts::default();
        event.record(&mut parts);
        let level = match *event.metadata().level() {
            Level::ERROR | Level::WARN => "warning".to_owned(),
            level => format!("{} {}", level.as_str().to_lowercase(), event.metadata().target()),
        };
        let fields = if parts.fields.is_empty() { String::new() } else { format!(" ({})", parts.fields) };
        self.0.err(&format!("{level}: {}{fields}", parts.message));
    }
}

#[derive(Default)]
struct Parts {
    message: String,
    fields: String,
}

impl Visit for Parts {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, format_args!("{value:.1}"));
    }
}

impl Parts {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _written = if field.name() == "message" {
            write!(self.message, "{value}")
        } else {
            let comma = if self.fields.is_empty() { "" } else { ", " };
            write!(self.fields, "{comma}{} {value}", field.name())
        };
    }
}
