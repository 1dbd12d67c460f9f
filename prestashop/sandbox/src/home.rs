//! The home page: what this is, for a person with a browser.

use http::StatusCode;
use maud::{DOCTYPE, html};

use crate::answer::Answer;
use crate::server::Shared;

/// The page; in maintenance, what visitors get instead.
pub(crate) fn page(shared: &Shared) -> Answer {
    let options = &shared.options;
    if options.maintenance {
        return Answer::page(StatusCode::SERVICE_UNAVAILABLE, "<h1>Sklep w przebudowie</h1>");
    }
    let products = shared.store().product_ids(1).count();
    let url = shared.own_base();
    let key = options.keys.first().map_or("", |key| key.key.as_str());
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (options.name) } }
            body {
                h1 { (options.name) }
                p {
                    "A local stand-in for a PrestaShop " (options.version.number()) " with " (products)
                    " products, to try connectors without a real shop. It keeps everything in memory and forgets it at the end."
                }
                dl {
                    dt { "Address" } dd { code { (url) } }
                    dt { "API key" } dd { code { (key) } }
                    dt { "Goods as JSON" }
                    dd {
                        a href={ (url) "/api/products?output_format=JSON&display=full&limit=5&ws_key=" (key) } {
                            "the first five"
                        }
                    }
                }
            }
        }
    };
    Answer::page(StatusCode::OK, html.into_string())
}
