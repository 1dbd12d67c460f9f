//! The shop.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use conformance::{Catalogue, LocalShop, Product, Reached, Tongue};
use connector::Given;
use gateway_core::model::VariantId;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::platform::{ADDRESS, SECRET};

const RIGHT: &str = "FAKE-SECRET-OF-LINES";

pub(super) struct Local {
    address: SocketAddr,
    held: Arc<Mutex<Catalogue>>,
    server: JoinHandle<()>,
}

impl Drop for Local {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Local {
    pub(super) async fn start(piece: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let held: Arc<Mutex<Catalogue>> = Arc::default();
        let shared = Arc::clone(&held);
        let server = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, Arc::clone(&shared), piece));
            }
        });
        Self { address, held, server }
    }
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::Tcp(self.address)
    }

    fn settings(&self, at: &str, _: Tongue) -> Given {
        let mut given = Given::default();
        given.insert(ADDRESS, at);
        given.insert(SECRET, RIGHT);
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        let mut held = catalogue.clone();
        held.products.sort_by_key(|product| product.key);
        *self.held.lock().unwrap() = held;
    }

    fn ids(&self, product: u32, _: u32) -> (String, String) {
        (product.to_string(), VariantId::simple().to_string())
    }

    fn picture(&self, picture: u32) -> Bytes {
        sandbox_kit::png(picture.into()).into()
    }

    fn asks_for_picture(&self, question: &str) -> bool {
        question.starts_with("PICTURE")
    }
}

/// Answers one caller, until either has enough.
async fn serve(client: TcpStream, held: Arc<Mutex<Catalogue>>, piece: usize) -> Option<()> {
    client.set_nodelay(true).ok()?;
    let mut client = BufReader::new(client);
    let mut is_in = false;
    loop {
        let mut question = String::new();
        client.read_line(&mut question).await.ok().filter(|read| *read > 0)?;
        let answer = match question.trim_end().split_once(' ').unwrap_or((question.trim_end(), "")) {
            ("LOGIN", secret) => {
                is_in = secret == RIGHT;
                if is_in { b"IN\n\n".to_vec() } else { b"NO\n\n".to_vec() }
            }
            (what, which) if is_in => answer(&held.lock().unwrap(), what, which)?,
            _ => return None,
        };
        for piece in answer.chunks(piece) {
            client.write_all(piece).await.ok()?;
            tokio::task::yield_now().await;
        }
    }
}

fn answer(held: &Catalogue, what: &str, which: &str) -> Option<Vec<u8>> {
    let numbers: Vec<u32> = which.split(' ').filter_map(|word| word.parse().ok()).collect();
    let lines: Vec<String> = match (what, numbers.as_slice()) {
        ("GROUPS", _) => held.categories.iter().map(group).collect(),
        ("NEXT", [after, most]) => {
            let keys = held.products.iter().map(|product| product.key).filter(|key| key > after);
            keys.take(*most as usize).map(|key| key.to_string()).collect()
        }
        ("GOODS", wanted) => {
            held.products.iter().filter(|product| wanted.contains(&product.key)).map(good).collect()
        }
        ("LEVELS", _) => held.products.iter().map(|told| format!("{} {}", told.key, level(told))).collect(),
        ("PICTURE", [key]) => {
            let picture = sandbox_kit::png((*key).into());
            return Some([format!("{}\n", picture.len()).as_bytes(), &picture, b"\n"].concat());
        }
        _ => return None,
    };
    Some(
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .chain(["\n".to_owned()])
            .collect::<String>()
            .into_bytes(),
    )
}

pub(crate) fn group(told: &conformance::Category) -> String {
    json!({ "id": told.key.to_string(), "name": told.name.default }).to_string()
}

pub(crate) fn good(told: &Product) -> String {
    let only = told.variants.first().expect("a variant");
    json!({
        "id": told.key.to_string(),
        "name": told.name.default,
        "description": told.description.default,
        "group": told.categories.first().map(ToString::to_string).unwrap_or_default(),
        "sku": only.sku,
        "ean": only.ean,
        "net": only.net.to_string(),
        "vat": told.vat.to_string(),
        "level": level(told),
        "shown": if told.for_sale { "yes" } else { "no" },
        "pictures": told.pictures.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    })
    .to_string()
}

fn level(told: &Product) -> String {
    let only = told.variants.first().expect("a variant");
    only.stock.quantity().map_or("some".to_owned(), |quantity| quantity.to_string())
}
