//! Reading products: page after page, while the shop goes on.

mod moved;
mod named;
mod pages;
mod since;
