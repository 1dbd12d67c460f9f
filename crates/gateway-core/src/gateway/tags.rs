//! Tags: families of variants, and the categories that goods are put into.

use serde_json::{Value, json};
use transport::{Method, Safety, StatusCode};

use super::client::json as json_of;
use super::products::gone;
use super::{Error, ErrorKind, Gateway, Guid, read};
use crate::assumptions;

/// A tag at the Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its guid.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// What it is: `variant` for a family of variants, `category` for a category.
    pub kind: Option<String>,
    /// The tag above it.
    pub parent: Option<Guid>,
    /// The products that bear it, where the service tells.
    pub products: Vec<Guid>,
}

impl Tag {
    fn read(value: &Value) -> Option<Self> {
        let products = read::list(value, "product_guids").iter();
        Some(Self {
            guid: read::guid(value, "guid")?,
            name: read::text(value, "name").unwrap_or_default(),
            kind: read::text(value, "type"),
            parent: read::guid(value, "parent_guid"),
            products: products.filter_map(|guid| Guid::parse(guid.as_str()?)).collect(),
        })
    }
}

impl Gateway {
    /// Makes the tag of a family of variants and returns its guid. When the name is taken, that is the guid of the tag
    /// there is (409, whose message names it): make family names unique, or two families become one.
    ///
    /// # Errors
    /// When the service does not do it.
    pub async fn create_family_tag(&self, name: &str) -> Result<Guid, Error> {
        const CALL: &str = "create a tag";
        let body = json!({ "name": name, "type": "variant" });
        match self.call_with(CALL, Method::POST, self.tags_url(), assumptions::CREATING_A_TAG, &body).await {
            Ok(answer) => Tag::read(&json_of(CALL, &answer)?)
                .map(|tag| tag.guid)
                .ok_or_else(|| Error::malformed(CALL, "the tag has no guid")),
            Err(error) => match taken_by(&error) {
                TakenBy::Told(guid) => Ok(guid),
                TakenBy::Untold => {
                    let tags = self.tags().await?;
                    tags.into_iter().find(|tag| tag.name == name).map(|tag| tag.guid).ok_or(error)
                }
                TakenBy::Nobody => Err(error),
            },
        }
    }

    /// The shop's tags.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn tags(&self) -> Result<Vec<Tag>, Error> {
        const CALL: &str = "list the shop's tags";
        read_tags(CALL, &self.read(CALL, self.tags_url()).await?)
    }

    /// The marketplace's category tags, as a flat list; [`Gateway::category_tree`] has their order.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn category_tags(&self) -> Result<Vec<Tag>, Error> {
        const CALL: &str = "list the categories";
        let mut url = self.url(&["tags", ""]);
        url.query_pairs_mut().append_pair("type", "category");
        read_tags(CALL, &self.read(CALL, url).await?)
    }

    /// Deletes a tag of the shop.
    ///
    /// # Errors
    /// When the service does not do it. One that is not there any more is no error: that is what was wanted.
    pub async fn delete_tag(&self, tag: Guid) -> Result<(), Error> {
        let url = self.url(&["webshops", &self.shop().to_string(), "tags", &tag.to_string(), ""]);
        gone(self.call("delete a tag", Method::DELETE, url).await)
    }

    /// Puts a tag on products and takes it off others.
    ///
    /// # Errors
    /// When the service does not do it.
    pub async fn tag_products(&self, tag: Guid, add: &[Guid], delete: &[Guid]) -> Result<(), Error> {
        let url = self.url(&["product_tags", &tag.to_string()]);
        let body = json!({ "add": add, "delete": delete });
        self.call_with("tag products", Method::PUT, url, Safety::Idempotent, &body).await?;
        Ok(())
    }

    fn tags_url(&self) -> url::Url {
        self.url(&["webshops", &self.shop().to_string(), "tags", ""])
    }
}

fn read_tags(call: &'static str, body: &Value) -> Result<Vec<Tag>, Error> {
    let tags = body.as_array().ok_or_else(|| Error::malformed(call, "it is no list of tags").of_a_read())?;
    Ok(tags.iter().filter_map(Tag::read).collect())
}

enum TakenBy {
    /// The name is free, or the call failed for another reason.
    Nobody,
    /// The name is taken by this tag.
    Told(Guid),
    /// The name is taken, and the message does not say by which tag.
    Untold,
}

fn taken_by(error: &Error) -> TakenBy {
    match error.kind() {
        ErrorKind::Refused { status, message } if *status == StatusCode::CONFLICT => {
            Guid::find_in(message).map_or(TakenBy::Untold, TakenBy::Told)
        }
        _ => TakenBy::Nobody,
    }
}
