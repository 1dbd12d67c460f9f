//! The marketplace's goods as they truly are, and as they are to be.

use std::collections::{BTreeMap, BTreeSet};

use prestashop_sandbox::{Item as Truth, Shop, special};
use serde_json::Value;

use super::sides::{Sides, id_of};
use crate::truth::{expected, in_language};

/// A product of the marketplace in the words of the tests, by the names of its fields.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// A product of the marketplace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Good(pub(crate) Value);

impl Good {
    fn text(&self, at: &str) -> String {
        match self.0.pointer(at) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    fn list(&self, at: &str) -> Vec<Value> {
        self.0.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    pub(crate) fn guid(&self) -> String {
        self.text("/guid")
    }

    pub(crate) fn name(&self) -> String {
        self.text("/name")
    }

    /// Product and combination of the shop, when it bears the mark of `shop_key`.
    fn id_in(&self, shop_key: &str) -> Option<(u32, u32)> {
        let is_ours = self.text("/data/source/platform") == "prestashop"
            && self.text("/data/source/shop") == shop_key
            && self.text("/data/source/v") == "1";
        is_ours.then(|| id_of(&self.text("/data/source/product"), &self.text("/data/source/variant")))
    }

    pub(crate) fn is_archived(&self) -> bool {
        self.0["archived"] == true
    }

    pub(crate) fn is_for_sale(&self) -> bool {
        self.0["for_sale"] == true
    }

    pub(crate) fn stock(&self) -> String {
        self.text("/stock_level")
    }

    pub(crate) fn images(&self) -> Vec<String> {
        self.list("/images").iter().map(|address| address.as_str().unwrap().to_owned()).collect()
    }

    /// Guids of its tags of this type.
    pub(crate) fn tags(&self, kind: &str) -> BTreeSet<String> {
        let tags = self.list("/tags");
        let of_kind = tags.iter().filter(|tag| tag["type"] == kind);
        of_kind.map(|tag| tag["guid"].as_str().unwrap().to_owned()).collect()
    }

    /// The tag that it shares with others of its product.
    pub(crate) fn family(&self) -> BTreeSet<String> {
        self.tags("variant")
    }

    pub(crate) fn categories(&self) -> BTreeSet<String> {
        let tags = self.list("/tags");
        let of_kind = tags.iter().filter(|tag| tag["type"] == "category");
        of_kind.map(|tag| tag["name"].as_str().unwrap().to_owned()).collect()
    }

    fn attributes(&self) -> BTreeMap<String, String> {
        let variants = self.0.pointer("/data/variants").and_then(Value::as_object);
        let variants = variants.unwrap_or_else(|| panic!("data.variants is missing: {}", self.0));
        variants.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
    }
}

/// What is to be at the marketplace of an item of the shop, its place in a family aside; `None` when it must not come.
fn at_the_marketplace(truth: &Truth, language: u32, default: u32) -> Option<Fields> {
    let mut fields = expected(truth, language, default)?;
    let key = |name: &str| match name {
        "Rozmiar" | "Size" => "size".to_owned(),
        "Kolor" | "Color" => "color".to_owned(),
        other => other.to_owned(),
    };
    let text = |texts| in_language(texts, language, default);
    let attributes: BTreeMap<String, String> = truth
        .attributes
        .iter()
        .map(|attribute| (key(text(&attribute.names)), text(&attribute.values).to_owned()))
        .collect();
    let has_text = |texts| (!text(texts).trim().is_empty()).to_string();
    let ean = if truth.product == special::BAD_EAN { "" } else { &truth.ean };
    fields.insert("vat", format!("VAT{}", fields["vat"]));
    fields.insert("stock", truth.stock.max(0).to_string());
    fields.insert("attributes", format!("{attributes:?}"));
    fields.insert("ean", ean.to_owned());
    fields.insert("desc", has_text(&truth.descriptions));
    fields.insert("brief", has_text(&truth.shorts));
    Some(fields)
}

impl Sides {
    /// The key under which the shop is known.
    pub(crate) fn shop_key(&self) -> String {
        match &self.common.shop_key {
            Some(key) => key.to_string(),
            None => self.shop.url().trim_start_matches("http://").to_owned(),
        }
    }

    /// All goods of the marketplace, oldest first.
    pub(crate) fn all_goods(&self) -> Vec<Good> {
        self.gateway.products().into_iter().map(Good).collect()
    }

    /// Our goods that are (or are not) archived. None is there twice.
    #[track_caller]
    fn ours(&self, archived: bool) -> BTreeMap<(u32, u32), Good> {
        let key = self.shop_key();
        let mut ours = BTreeMap::new();
        for good in self.all_goods().into_iter().filter(|good| good.is_archived() == archived) {
            if let Some(id) = good.id_in(&key) {
                let double = ours.insert(id, good);
                assert!(double.is_none(), "{id:?} is there twice");
            }
        }
        ours
    }

    #[track_caller]
    pub(crate) fn live(&self) -> BTreeMap<(u32, u32), Good> {
        self.ours(false)
    }

    #[track_caller]
    pub(crate) fn archived(&self) -> BTreeMap<(u32, u32), Good> {
        self.ours(true)
    }

    /// What is archived of ours, also what was there twice.
    pub(crate) fn all_archived(&self) -> BTreeSet<(u32, u32)> {
        let key = self.shop_key();
        let goods = self.all_goods();
        goods.iter().filter(|good| good.is_archived()).filter_map(|good| good.id_in(&key)).collect()
    }

    /// The live product that is this variant of the shop.
    #[track_caller]
    pub(crate) fn good(&self, product: u32, combination: u32) -> Good {
        let good = self.live().remove(&(product, combination));
        good.unwrap_or_else(|| panic!("{product}/{combination} is not there"))
    }

    /// The live goods of a product of the shop, in the order of their ids.
    #[track_caller]
    pub(crate) fn of_product(&self, product: u32) -> Vec<Good> {
        let live = self.live();
        live.into_iter().filter(|((of, _), _)| *of == product).map(|(_, good)| good).collect()
    }

    /// Which picture of the shop lies at an address of the marketplace, by its mark; that its bytes are the same is seen
    /// here.
    fn picture_at(&self, good: &Good, address: &str) -> Option<u32> {
        let known = self.pictures.lock().unwrap().get(address).copied();
        known.or_else(|| {
            let of_mark = good.list("/data/source/images");
            let pair = of_mark.iter().find(|pair| pair[1] == address)?;
            let picture: u32 = pair[0].as_str()?.parse().ok()?;
            let bytes = self.gateway.picture(address)?;
            assert_eq!(bytes, self.shop.picture(picture), "not the bytes of picture {picture}");
            self.pictures.lock().unwrap().insert(address.to_owned(), picture);
            Some(picture)
        })
    }

    fn fields(&self, good: &Good) -> Fields {
        let pictures: Vec<u32> = good
            .images()
            .iter()
            .map(|address| {
                let picture = self.picture_at(good, address);
                picture.unwrap_or_else(|| panic!("{address} is none of the shop's pictures: {}", good.0))
            })
            .collect();
        let is_there = |at| (!good.text(at).trim().is_empty()).to_string();
        Fields::from([
            ("name", good.name()),
            ("price", good.text("/price/base/unit/amount")),
            ("vat", good.text("/vat")),
            ("stock", good.stock()),
            ("sku", good.text("/sku")),
            ("pictures", format!("{pictures:?}")),
            ("for_sale", good.is_for_sale().to_string()),
            ("attributes", format!("{:?}", good.attributes())),
            ("ean", good.text("/data/ean")),
            ("desc", is_there("/desc")),
            ("brief", is_there("/brief")),
        ])
    }

    /// What the marketplace has live of the shop, by external id, without anything that differs between two runs that are
    /// alike; a family is told by its first member.
    #[track_caller]
    pub(crate) fn content(&self) -> BTreeMap<(u32, u32), Fields> {
        let live = self.live();
        let first_of = |good: &Good| {
            let family = good.family();
            let first = live.iter().find(|(_, other)| !family.is_empty() && other.family() == family);
            format!("{:?}", first.map(|(id, _)| id))
        };
        let described = live.iter().map(|(id, good)| {
            let mut fields = self.fields(good);
            fields.insert("family", first_of(good));
            (*id, fields)
        });
        described.collect()
    }

    /// What is to be at the marketplace.
    fn wanted(&self) -> BTreeMap<(u32, u32), Fields> {
        wanted(&self.shop, self.language)
    }

    /// Everything that can be imported is there as the shop has it, once; nothing else of it is on sale; and who belongs
    /// together bears one tag.
    #[track_caller]
    pub(crate) fn assert_all_arrived(&self) {
        self.assert_arrived_but(&[]);
    }

    /// The same, these fields aside.
    #[track_caller]
    pub(crate) fn assert_arrived_but(&self, aside: &[&str]) {
        let wanted = self.wanted();
        let live = self.live();
        for (id, mut wanted) in wanted.clone() {
            let good = live.get(&id).unwrap_or_else(|| panic!("{id:?} did not arrive"));
            let mut there = self.fields(good);
            // The shop tells an EAN of the product beside those of its combinations; the truth does not know it.
            if id.1 != 0 && wanted["ean"].is_empty() {
                wanted.remove("ean");
                there.remove("ean");
            }
            for field in aside {
                wanted.remove(field);
                there.remove(field);
            }
            assert_eq!(there, wanted, "{id:?}: at the marketplace, and as it is to be");
        }
        let more: Vec<_> = live.keys().filter(|id| !wanted.contains_key(id)).collect();
        assert!(more.is_empty(), "on sale, and not in the shop: {more:?}");
        self.assert_families();
    }

    /// Variants of one product bear one tag, which nobody else bears, and no tag is borne by nobody.
    #[track_caller]
    pub(crate) fn assert_families(&self) {
        let mut owners: BTreeMap<String, u32> = BTreeMap::new();
        let live = self.live();
        for (product, combination, good) in self.all_goods().into_iter().filter_map(|good| {
            let (product, combination) = good.id_in(&self.shop_key())?;
            Some((product, combination, good))
        }) {
            let family = good.family();
            assert!(family.len() < 2, "{product}/{combination} bears several tags: {family:?}");
            for tag in family {
                let owner = *owners.entry(tag).or_insert(product);
                assert_eq!(owner, product, "{product}/{combination} bears the tag of product {owner}");
            }
        }
        let mut families: BTreeMap<u32, Vec<BTreeSet<String>>> = BTreeMap::new();
        for ((product, _), good) in &live {
            families.entry(*product).or_default().push(good.family());
        }
        for (product, families) in families {
            let is_one = families.iter().all(|family| family == &families[0]);
            assert!(is_one, "variants of product {product} bear different tags: {families:?}");
            assert!(families.len() == 1 || !families[0].is_empty(), "{product}'s variants bear no tag");
        }
        for tag in self.gateway.tags().iter().filter(|tag| tag["type"] == "variant") {
            assert_ne!(tag["item_count"], 0, "nobody bears the tag {tag}");
        }
    }
}

/// What is to come of a shop, by product and combination.
pub(crate) fn wanted(shop: &Shop, language: u32) -> BTreeMap<(u32, u32), Fields> {
    let default = shop.options().default_language;
    let items = shop.truth();
    let come = items.iter().filter_map(|truth| {
        Some(((truth.product, truth.combination), at_the_marketplace(truth, language, default)?))
    });
    come.collect()
}
