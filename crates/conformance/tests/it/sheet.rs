//! A platform that is made up for these tests: a shop that is one file, a line for each group and for each of its goods, and a last one
//! that says that there are no more. Whether its reader waits for that one is chosen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use bytes::Bytes;
use clock::Clock;
use conformance::{Cannot, Catalogue, Declared, Examined, LocalShop, Reached, Suite, Tongue, verdict};
use connector::import::Images;
use connector::{
    Abilities, Common, Connector, End, Given, ImageError, InvalidSetting, Item, Need, Platform,
    PlatformError, Scope, Setting, ShopInfo, ShopName,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{CategoryTree, ImageRef, Platform as PlatformName, VariantId};
use gateway_core::picture::Picture;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use transport::Transport;

use crate::lines::CANNOT;
use crate::lines::platform::{abilities, group, id, info, made, rejected};
use crate::lines::shop;

const PATH: &str = "SHEET_PATH";
const LAST: &str = "no more";

static SETTINGS: OnceLock<[Setting; 1]> = OnceLock::new();

/// The platform, to be examined; `true` where it waits for the last line.
struct Sheet(bool);

struct Reader {
    waits_for_last: bool,
    name: ShopName,
    abilities: Abilities,
    path: PathBuf,
}

struct Local {
    folder: TempDir,
}

impl Examined for Sheet {
    fn connector(&self) -> &dyn Connector {
        self
    }

    fn declared(&self) -> Declared {
        const MORE: [Cannot; 8] = {
            let [a, b, c, d, e, f] = CANNOT;
            [a, b, c, d, e, f, Cannot::Pictures, Cannot::UnknownStock]
        };
        Declared {
            cannot: &MORE,
            requests_per_thousand: 0,
            requests_at_start: 0,
            requests_of_stock: 0,
            exempt: &[],
        }
    }

    fn start<'a>(&'a self, _: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            let local = Local { folder: TempDir::new().unwrap() };
            local.hold(&Catalogue::default());
            Box::new(local) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::File(self.folder.path().join("sheet"))
    }

    fn settings(&self, at: &str, _: Tongue) -> Given {
        let mut given = Given::default();
        given.insert(PATH, at);
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        let groups = catalogue.categories.iter().map(shop::group);
        let lines = groups.chain(catalogue.products.iter().map(shop::good)).chain([LAST.to_owned()]);
        std::fs::write(self.folder.path().join("sheet"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    }

    fn ids(&self, product: u32, _: u32) -> (String, String) {
        (product.to_string(), VariantId::simple().to_string())
    }

    fn picture(&self, _: u32) -> Bytes {
        Bytes::new()
    }
}

impl Connector for Sheet {
    fn name(&self) -> &'static str {
        "sheet"
    }

    fn title(&self) -> &'static str {
        "Sheet"
    }

    fn settings(&self) -> &'static [Setting] {
        SETTINGS.get_or_init(|| {
            [Setting {
                option: "path",
                variable: PATH,
                prompt: "Sheet",
                help: "Where the file is",
                need: Need::Required,
                is_secret: false,
                check: |_| Ok(()),
            }]
        })
    }

    fn images(&self) -> Images {
        Images::None
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        _: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        let shop = common.shop_key.clone().unwrap();
        Ok(Box::new(Reader {
            waits_for_last: self.0,
            name: ShopName { platform: PlatformName::new("sheet").unwrap(), shop },
            abilities: abilities(false),
            path: given.get(PATH).unwrap_or_default().into(),
        }))
    }
}

impl Reader {
    async fn lines(&self) -> Result<Lines<BufReader<tokio::fs::File>>, PlatformError> {
        let file = tokio::fs::File::open(&self.path).await.map_err(|error| failed(&error))?;
        Ok(BufReader::new(file).lines())
    }

    /// The next line, but for the last one. What is torn in a letter is torn.
    async fn next(
        &self,
        lines: &mut Lines<BufReader<tokio::fs::File>>,
    ) -> Result<Option<String>, PlatformError> {
        match lines.next_line().await {
            Ok(Some(line)) if line == LAST => Ok(None),
            Ok(None) | Err(_) if self.waits_for_last => Err(failed(&"the file ends before its last line")),
            line => Ok(line.unwrap_or_default()),
        }
    }
}

impl Platform for Reader {
    fn name(&self) -> Option<&ShopName> {
        Some(&self.name)
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        std::future::ready(Ok(info())).boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async {
            let (mut lines, mut groups) = (self.lines().await?, Vec::new());
            while let Some(line) = self.next(&mut lines).await? {
                groups.extend(group(&line).filter(|_| is_group(&line)));
            }
            Ok(CategoryTree::new(groups))
        }
        .boxed()
    }

    fn products(&self, _: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let mut lines = self.lines().await?;
            while let Some(line) = self.next(&mut lines).await? {
                let told = serde_json::from_str::<BTreeMap<String, String>>(&line);
                let Ok(told) = told else { continue };
                if is_group(&line) {
                    continue;
                }
                let product = id(told.get("id").map(String::as_str).unwrap_or_default())?;
                yield match made(&product, &told) {
                    Ok(product) => Item::Product(Box::new(product), Vec::new()),
                    Err(reason) => rejected(&product, reason),
                };
            }
            yield Item::End(End::Complete);
        }
        .boxed()
    }

    fn image<'a>(&'a self, _: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        std::future::ready(Err(ImageError::Missing("there are none".to_owned()))).boxed()
    }

    fn requests(&self) -> u64 {
        0
    }
}

fn is_group(line: &str) -> bool {
    !line.contains("\"net\"")
}

fn failed(what: &dyn std::fmt::Display) -> PlatformError {
    PlatformError::Failed { what: what.to_string() }
}

mod a_platform_that_is_right {
    conformance::examine!(super::Sheet(true));
}

#[test]
fn a_file_that_was_cut_off_is_taken_for_the_whole() {
    let found = verdict(Suite::Torn, &Sheet(false));
    let said = found.expect_err("nothing was found").to_string();
    assert!(
        said.contains("the file \"sheet\" ends in its first third: ") && said.contains("never came"),
        "it says: {said}"
    );
}
