//! What every platform must pass.

conformance::examine!(crate::examined::IdoSellExamined);
