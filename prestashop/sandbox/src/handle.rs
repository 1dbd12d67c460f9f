//! The handle by which a test, or `sandbox serve`, holds a running shop.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::catalogue::Product;
use crate::server::{Shared, handle};
use crate::{
    Call, Contradiction, Fault, Goods, Item, NewCombination, NewProduct, Options, StartError, images, truth,
};

/// A running shop. It stops when this is dropped.
pub struct Shop {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shop {
    /// Binds the address and serves in the background. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the options contradict themselves.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listen = options.listen;
        let listen_error = |error| StartError::Listen(listen, error);
        let listener = TcpListener::bind(listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let shared = Arc::new(Shared::new(options, address)?);
        let handler = {
            let shared = Arc::clone(&shared);
            move |request| handle(Arc::clone(&shared), request)
        };
        let server = tokio::spawn(sandbox_kit::serve(listener, handler));
        Ok(Self { shared, server })
    }

    /// The shop's address, with its base path, without a trailing slash and without `/api`.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.own_base()
    }

    /// The first API key.
    #[must_use]
    pub fn key(&self) -> &str {
        self.shared.options.keys.first().map_or("", |key| &key.key)
    }

    /// What it was told when it started.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.shared.options
    }

    /// Every request so far, in the order in which they were read; see [`Options::keep_calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.all().clone()
    }

    /// How many API calls there were so far by resource, refused and unanswered ones among them.
    #[must_use]
    pub fn calls_by_resource(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for resource in self.shared.log.all().iter().filter_map(|call| call.resource.clone()) {
            *counts.entry(resource).or_insert(0) += 1;
        }
        counts
    }

    /// Lets the next calls of this method, whose path (with its query) begins with `path_prefix`, suffer these faults,
    /// one each. Of several scripts that fit, the oldest that is not used up decides; a scripted call is spared the
    /// dice.
    pub fn script(&self, method: Method, path_prefix: &str, faults: impl IntoIterator<Item = Fault>) {
        self.shared.script(method, path_prefix, faults);
    }

    /// From now on every answer that would show more of this product than its id is an empty 500.
    pub fn poison(&self, product: u32) {
        self.shared.set_poisoned(product, true);
    }

    /// Takes [`Shop::poison`] back.
    pub fn heal(&self, product: u32) {
        self.shared.set_poisoned(product, false);
    }

    /// Everything that is sold by itself, as it truly is, by product and combination. For a large catalogue ask for
    /// products one by one: [`Shop::product_ids`], [`Shop::truth_of`].
    #[must_use]
    pub fn truth(&self) -> Vec<Item> {
        let store = self.shared.store();
        store.products().flat_map(|product| truth::items(&self.shared.options, &store, &product)).collect()
    }

    /// The items of one product; none when there is no such product.
    #[must_use]
    pub fn truth_of(&self, product: u32) -> Vec<Item> {
        let store = self.shared.store();
        let product = store.product(product);
        product.map_or_else(Vec::new, |product| truth::items(&self.shared.options, &store, &product))
    }

    /// The ids of all products, in their order.
    #[must_use]
    pub fn product_ids(&self) -> Vec<u32> {
        self.shared.store().product_ids(1).collect()
    }

    /// The names of a category and of those above it, the topmost (below home) first, by language id.
    #[must_use]
    pub fn category_path(&self, category: u32) -> Vec<crate::Texts> {
        let store = self.shared.store();
        let mut path = Vec::new();
        let mut next = category;
        while let Some(category) = store.categories.iter().find(|known| known.id == next && known.depth > 1) {
            let languages = self.shared.options.languages.iter().map(|language| language.id);
            path.insert(0, languages.zip(category.names.iter().cloned()).collect());
            next = category.parent;
        }
        path
    }

    /// The bytes of an original picture, whether or not a product still has it.
    #[must_use]
    pub fn picture(&self, image: u32) -> Bytes {
        images::original(image, self.shared.options.picture_bytes)
    }

    /// Holds these goods and no others, as after a restore of a backup: what is not among them is gone, and what is keeps
    /// the ids that it has there. A product that differs in anything from what was held under its id was changed now,
    /// and one that does not keeps its dates. Stock rows are kept, and get the levels that are told.
    ///
    /// # Errors
    /// When the goods contradict themselves. Nothing is changed then.
    pub fn hold(&self, goods: Goods) -> Result<(), Contradiction> {
        let options = &self.shared.options;
        let languages: Vec<u32> = options.languages.iter().map(|language| language.id).collect();
        self.shared.store_mut().hold(goods, &languages, options.clock.now())
    }

    /// Puts a product in, changed now, and answers its id.
    pub fn add_product(&self, product: NewProduct) -> u32 {
        self.shared.store_mut().add(product, self.shared.options.clock.now())
    }

    /// Takes a product out. `false`, here and below: there is no such thing.
    pub fn remove_product(&self, product: u32) -> bool {
        self.shared.store_mut().remove(product)
    }

    /// Renames a product in one language.
    pub fn rename(&self, product: u32, language: u32, name: &str) -> bool {
        let Some(place) = self.place(language) else { return false };
        self.edit(product, |product, languages| {
            product.change_texts(languages, |texts| {
                if let Some(old) = texts.names.get_mut(place) {
                    name.clone_into(old);
                }
            });
        })
    }

    /// Describes a product anew in one language.
    pub fn describe(&self, product: u32, language: u32, html: &str) -> bool {
        let Some(place) = self.place(language) else { return false };
        self.edit(product, |product, languages| {
            product.change_texts(languages, |texts| {
                if let Some(old) = texts.descriptions.get_mut(place) {
                    html.clone_into(old);
                }
            });
        })
    }

    /// Sets a product's net price.
    pub fn set_price(&self, product: u32, price: Decimal) -> bool {
        self.edit(product, |product, _| product.price = price)
    }

    /// Sets what a combination costs more than its product. The product's date of change stays.
    pub fn set_impact(&self, combination: u32, impact: Decimal) -> bool {
        self.edit_combination(combination, |one| one.impact = impact)
    }

    /// Sets a product's SKU.
    pub fn set_reference(&self, product: u32, reference: &str) -> bool {
        self.edit(product, |product, _| reference.clone_into(&mut product.reference))
    }

    /// Puts a product into a tax group, or with 0 into none.
    pub fn set_tax_group(&self, product: u32, group: u32) -> bool {
        self.edit(product, |product, _| product.tax_group = group)
    }

    /// Switches a product on or off.
    pub fn set_active(&self, product: u32, active: bool) -> bool {
        self.edit(product, |product, _| product.active = active)
    }

    /// Hides a product everywhere, or shows it everywhere.
    pub fn set_hidden(&self, product: u32, hidden: bool) -> bool {
        self.edit(product, |product, _| product.visibility = if hidden { "none" } else { "both" })
    }

    /// Makes a category a product's only one beside home, and its default.
    pub fn move_to_category(&self, product: u32, category: u32) -> bool {
        self.edit(product, |product, _| {
            product.categories = vec![crate::catalogue::HOME, category];
            product.default_category = category;
        })
    }

    /// Adds a picture to a product and answers its id.
    pub fn add_image(&self, product: u32) -> Option<u32> {
        let image = self.shared.store_mut().new_image(product);
        self.edit(product, |product, _| {
            product.images.push(image);
            if product.cover == 0 {
                product.cover = image;
            }
        })
        .then_some(image)
    }

    /// Takes a picture from a product; when it was the cover, the first of the others takes its place.
    pub fn remove_image(&self, product: u32, image: u32) -> bool {
        self.edit(product, |product, _| {
            product.images.retain(|known| *known != image);
            if product.cover == image {
                product.cover = product.images.first().copied().unwrap_or(0);
            }
            for combination in &mut product.combinations {
                combination.images.retain(|known| *known != image);
            }
        })
    }

    /// Makes a picture the cover.
    pub fn set_cover(&self, product: u32, image: u32) -> bool {
        self.edit(product, |product, _| product.cover = image)
    }

    /// Adds a combination to a product and answers its id.
    pub fn add_combination(&self, product: u32, combination: NewCombination) -> Option<u32> {
        let added = self.shared.store_mut().add_combination(product, combination);
        self.edit(product, |_, _| ());
        added
    }

    /// Takes a combination away.
    pub fn remove_combination(&self, combination: u32) -> bool {
        let owner = self.shared.store().product_of_combination(combination);
        let removed = self.shared.store_mut().remove_combination(combination);
        removed && owner.is_some_and(|owner| self.edit(owner, |_, _| ()))
    }

    /// Sets the stock of a product (combination 0) or of one of its combinations, as a sale or the back office does: the
    /// product's date of change stays, and the sum in the row of a product with combinations follows.
    pub fn set_stock(&self, product: u32, combination: u32, level: i64) -> bool {
        let mut store = self.shared.store_mut();
        let row = store.product(product).and_then(|product| {
            let mut rows = product.stock_rows();
            rows.find(|(_, of, _)| *of == combination).map(|(row, ..)| row)
        });
        row.is_some_and(|row| store.set_level(row, level))
    }

    /// Renames an option value ("M") in one language. No product's date of change is touched.
    pub fn rename_option_value(&self, value: u32, language: u32, name: &str) -> bool {
        let Some(place) = self.place(language) else { return false };
        let mut store = self.shared.store_mut();
        let choice = store.choices.iter_mut().find(|choice| choice.id == value);
        match choice.and_then(|choice| choice.names.get_mut(place)) {
            Some(old) => {
                name.clone_into(old);
                true
            }
            None => false,
        }
    }

    /// A language's place among the shop's.
    fn place(&self, language: u32) -> Option<usize> {
        self.shared.options.languages.iter().position(|known| known.id == language)
    }

    /// Changes a product and its date of change.
    fn edit(&self, product: u32, change: impl FnOnce(&mut Product, &[String])) -> bool {
        let now = self.shared.options.clock.now();
        let mut store = self.shared.store_mut();
        let languages = store.languages.clone();
        let changed = store.change(product, |product| {
            change(product, &languages);
            product.updated = Some(now);
        });
        changed.is_some()
    }

    fn edit_combination(&self, id: u32, change: impl FnOnce(&mut crate::catalogue::Combination)) -> bool {
        let mut store = self.shared.store_mut();
        let Some(owner) = store.product_of_combination(id) else { return false };
        let changed = store.change(owner, |product| {
            product.combinations.iter_mut().find(|one| one.id == id).map(change).is_some()
        });
        changed == Some(true)
    }
}
