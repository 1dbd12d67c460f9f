//! The shop.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use conformance::{Catalogue, LocalShop, Product, Reached, Tongue, Variant};
use connector::Given;
use http_body_util::Full;
use quick_xml::escape::escape;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::platform::ADDRESS;

pub(super) struct Local {
    address: SocketAddr,
    /// Its files by their paths.
    files: Arc<Mutex<Vec<(String, String)>>>,
    page: usize,
    server: JoinHandle<()>,
}

impl Drop for Local {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Local {
    pub(super) async fn start(page: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let files: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let shared = Arc::clone(&files);
        let server = tokio::spawn(sandbox_kit::serve(listener, move |request| {
            let files = shared.lock().unwrap();
            let file = files.iter().find(|(path, _)| *path == request.uri().path());
            let answer = file.map(|(_, text)| http::Response::new(Full::new(Bytes::from(text.clone()))));
            std::future::ready(answer.ok_or(sandbox_kit::Closed))
        }));
        Self { address, files, page, server }
    }
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::Http(format!("http://{}", self.address))
    }

    fn settings(&self, url: &str, _: Tongue) -> Given {
        let mut given = Given::default();
        given.insert(ADDRESS, url);
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        // The file behind the last one holds nothing.
        let pages = catalogue.products.chunks(self.page).chain([&[][..]]);
        let mut files: Vec<(String, String)> = (0..)
            .zip(pages)
            .map(|(n, products)| {
                let first = products.iter().take(1).map(|first| format!("<first id=\"art-{}\"/>", first.key));
                let products = products.iter().map(|told| product(catalogue, told));
                let shop = format!(
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<shop currency=\"PLN\">\n{}{}</shop>",
                    first.collect::<String>(),
                    products.collect::<String>()
                );
                (format!("/shop/{n}"), shop)
            })
            .collect();
        let of_product =
            |told: &Product| told.variants.iter().map(|own| level(told, own)).collect::<String>();
        let stock =
            format!("<levels>{}</levels>", catalogue.products.iter().map(of_product).collect::<String>());
        files.push(("/stock".to_owned(), stock));
        *self.files.lock().unwrap() = files;
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        (format!("art-{product}"), format!("of-{variant}"))
    }

    fn picture(&self, _: u32) -> Bytes {
        Bytes::new()
    }
}

/// Texts are escaped here and CDATA there, as in real files.
fn product(catalogue: &Catalogue, told: &Product) -> String {
    let first = told.variants.first().expect("a variant");
    let pictures = told.pictures.iter().map(|picture| format!("<image url=\"/{picture}.png\"/>"));
    let variants = told.variants.iter().map(|own| variant(catalogue, own, first));
    format!(
        "  <product id=\"art-{}\" vat=\"{}\" visible=\"{}\">\n    <name>{}</name>\n    \
         <description><![CDATA[{}]]></description><brief>{}</brief>\n    \
         <price net=\"{}\"/>\n    {}<variants>{}</variants>\n  </product>\n",
        told.key,
        told.vat,
        if told.for_sale { "yes" } else { "no" },
        escape(&told.name.default),
        told.description.default,
        escape(&told.brief.default),
        first.net,
        pictures.collect::<String>(),
        variants.collect::<String>(),
    )
}

/// A price of its own wins over the product's.
fn variant(catalogue: &Catalogue, own: &Variant, first: &Variant) -> String {
    let price = (own.net != first.net).then(|| format!("<price net=\"{}\"/>", own.net));
    let choices = own.choices.iter().map(|(option, value)| {
        let option = catalogue.options.iter().find(|known| known.key == *option).expect("an option");
        let value = option.values.iter().find(|known| known.key == *value).expect("a value");
        format!("<choice of=\"{}\">{}</choice>", escape(&option.name.default), escape(&value.name.default))
    });
    format!(
        "<variant id=\"of-{}\" sku=\"{}\" ean=\"{}\">{}{}</variant>",
        own.key,
        own.sku,
        own.ean,
        price.unwrap_or_default(),
        choices.collect::<String>()
    )
}

fn level(told: &Product, own: &Variant) -> String {
    let quantity = own.stock.quantity().map_or("unknown".to_owned(), |quantity| quantity.to_string());
    format!("<level product=\"art-{}\" variant=\"of-{}\" quantity=\"{quantity}\"/>", told.key, own.key)
}
