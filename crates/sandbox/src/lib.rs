//! A local stand-in for the marketplace "The Gateway", to try, test and measure importers against.
//!
//! It speaks the wire format by itself and shares no type with the client, so that a mistake in the client cannot hide
//! in its mirror. Where the Gateway's known facts leave a choice it takes the strict one: what it accepts, the facts
//! allow. It can be made to fail in every way a real service fails, at random or on command: see [`gateway::Fault`].
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock` and `sandbox-kit`.

pub mod gateway;
