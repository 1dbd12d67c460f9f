//! What has to be done about a product, by what is known of the marketplace.

use gateway_core::gateway::Guid;
use gateway_core::model::{Product, ProductId, StockLevel, Variant, VariantId};

use super::Import;
use super::adopt::Match;
use super::family::family_digest;
use super::holdings::Link;
use super::identity::LinksOf;
use crate::{Event, Rendered, Rendering, RunError, Skip};

/// A product of the shop, with what was told of it before.
pub(crate) struct Goods {
    pub(crate) id: ProductId,
    /// Another id of it, under which some of its variants may be linked: these go over to its own.
    pub(crate) was: Option<ProductId>,
    /// The product with those variants that can be imported; `None` when none can.
    pub(crate) product: Option<Product>,
    /// Variants of it that are there and cannot be imported.
    pub(crate) rejected: Vec<VariantId>,
    /// Whether every variant of it is known, so that one which did not come is gone.
    pub(crate) is_whole: bool,
}

/// What has to be done about the variants of a product.
#[derive(Default)]
pub(crate) struct Work {
    /// Variants that the marketplace has, and that have to be looked at.
    pub(crate) check: Vec<(Guid, Rendered)>,
    /// Variants that it does not have.
    pub(crate) fresh: Vec<Rendered>,
    /// What it has and the product does not have any more.
    pub(crate) gone: Vec<Guid>,
    /// What it has under the product's other id.
    pub(crate) moved: Vec<Guid>,
    /// What it has under the other id although it has it under the product's own.
    pub(crate) doubles: Vec<Guid>,
    /// Whether the variants share a tag.
    pub(crate) is_family: bool,
    /// A product of ours whose mark tells that tag.
    pub(crate) family_at: Option<Guid>,
}

impl Work {
    /// The variants that the shop has.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &Rendered> {
        self.check.iter().map(|(_, rendered)| rendered).chain(&self.fresh)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.check.is_empty()
            && self.fresh.is_empty()
            && self.gone.is_empty()
            && self.moved.is_empty()
            && self.doubles.is_empty()
    }

    /// What has another id from now on, and is not written anyhow.
    pub(crate) fn only_moved(&self) -> impl Iterator<Item = Guid> + '_ {
        let is_checked = |guid: &Guid| self.check.iter().any(|(checked, _)| checked == guid);
        self.moved.iter().copied().filter(move |guid| !is_checked(guid))
    }
}

impl Import<'_> {
    /// Finds what has to be done, by what is known of the marketplace: asks nobody, unless an SKU has to be looked up.
    pub(crate) async fn compare(&self, goods: &Goods) -> Result<Work, RunError> {
        let LinksOf { links, moved, doubles } = self.known.links.of(&goods.id, goods.was.as_ref());
        let (wanted, rejected) = self.render_all(goods, &links);
        let link_of = |id: &VariantId| links.iter().find(|link| link.is_of(id));
        let is_here = |link: &Link| {
            let mut ids = wanted.iter().map(|rendered| &rendered.mark.id.variant).chain(&rejected);
            ids.any(|id| link.is_of(id))
        };
        let stays = |link: &&Link| !link.is_archived && is_here(link);
        let fresh = wanted.iter().filter(|rendered| link_of(&rendered.mark.id.variant).is_none()).count();
        let returning = links.iter().filter(|link| link.is_archived && link.is_gone && is_here(link)).count();
        let mut work = Work {
            is_family: links.iter().filter(stays).count() + fresh + returning > 1
                || goods.product.as_ref().is_some_and(Product::has_others),
            family_at: self.family_at(goods.product.as_ref(), &links),
            moved,
            doubles,
            ..Work::default()
        };
        if goods.is_whole {
            let gone = links.iter().filter(|link| !link.is_archived && !is_here(link));
            work.gone.extend(gone.map(|link| link.guid));
        }
        let mut left = 0;
        for rendered in wanted {
            match links.iter().find(|link| link.is_of(&rendered.mark.id.variant)) {
                Some(link) if link.is_archived_by_a_person() => left += 1,
                Some(link)
                    if !work.moved.contains(&link.guid)
                        && self.is_unchanged(link, &rendered, work.is_family).await? =>
                {
                    self.tally.count(|summary| summary.unchanged += 1);
                }
                Some(link) => work.check.push((link.guid, rendered)),
                None => {
                    let sku = rendered.item.product.sku.as_deref();
                    let sides = (self.platform, self.gateway);
                    match self.known.adoption.find(sku, sides, (self.tally, self.stop)).await? {
                        Match::None => work.fresh.push(rendered),
                        Match::One(guid) => work.check.push((guid, rendered)),
                        Match::Reject(reason) => self.reject_rendered(&rendered, reason),
                    }
                }
            }
        }
        if left > 0 {
            self.leave_archived(&goods.id, left);
        }
        Ok(work)
    }

    /// Variants of a product are left as they are.
    pub(crate) fn leave_archived(&self, product: &ProductId, variants: u64) {
        self.tally.count(|summary| summary.skipped += variants);
        let why = "a person archived it at the marketplace, and it stays so".to_owned();
        self.tally.tell(Event::Skipped(&Skip { product: product.clone(), variants, why }));
    }

    /// Who tells the tag of a product's family: one of its own variants, else another product of the family.
    fn family_at(&self, product: Option<&Product>, links: &[Link]) -> Option<Guid> {
        // What is archived may be of a family that the product has left since.
        let own = links.iter().filter(|link| link.has_family).max_by_key(|link| !link.is_archived);
        let shared = product.and_then(Product::family);
        let others = || {
            let unknown = shared.filter(|family| family.has_others && !self.shared_families.knows(family))?;
            self.known.links.shared_families.get(&family_digest(unknown)).copied()
        };
        own.map(|link| link.guid).or_else(others)
    }

    fn rendering(&self) -> Rendering<'_> {
        Rendering { terms: self.gateway.terms(), shop: self.shop, with_pictures: self.sends_pictures() }
    }

    /// A variant as the marketplace takes it, if it does. Nothing is told.
    pub(crate) fn render_quietly(&self, product: &Product, variant: &Variant) -> Option<Rendered> {
        let categories = self.categories.as_ref().map(|categories| categories.tags_of(product));
        self.rendering().render(product, variant, categories.as_deref().unwrap_or_default()).ok()
    }

    /// The variants as the marketplace takes them, and the ids of those that cannot be imported.
    fn render_all(&self, goods: &Goods, links: &[Link]) -> (Vec<Rendered>, Vec<VariantId>) {
        let mut rejected = goods.rejected.clone();
        let Some(product) = &goods.product else { return (Vec::new(), rejected) };
        let categories = self.categories.as_ref().map(|categories| categories.of(product, self.tally));
        let rendering = self.rendering();
        let mut wanted = Vec::new();
        for variant in product.variants() {
            match rendering.render(product, variant, categories.as_deref().unwrap_or_default()) {
                Ok(mut rendered) => {
                    rendered.mark.mapping = self.mapping;
                    rendered.warnings.iter().for_each(|warning| self.tally.warn(warning));
                    self.compare_levels(links, variant, &rendered);
                    wanted.push(rendered);
                }
                Err(reason) => {
                    let id = self.shop.external_id(product.id(), &variant.id);
                    self.reject_variant(&id, product.name().as_str(), reason);
                    rejected.push(variant.id.clone());
                }
            }
        }
        (wanted, rejected)
    }

    /// Counts a variant that has another stock level in the shop than was last known at the marketplace. An import leaves both alone.
    fn compare_levels(&self, links: &[Link], variant: &Variant, rendered: &Rendered) {
        let link = links.iter().find(|link| link.is_of(&variant.id) && !link.is_archived);
        let there = link.and_then(|link| link.stock_level);
        if variant.stock != StockLevel::Unknown
            && there.is_some_and(|there| there != rendered.item.stock_level)
        {
            self.tally.count(|summary| summary.other_levels += 1);
        }
    }
}
