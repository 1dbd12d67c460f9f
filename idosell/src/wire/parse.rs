//! One product, from its XML.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, PrefixDeclaration, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::{Category, EXTENSIONS, Fault, Group, GroupParameter, Image, Price, Product, Size, Stock, Texts};

/// The most elements that a product may have: what is made of them takes more memory than they do. Two thousand sizes with ten places
/// of stock have less than a third.
pub const MAX_ELEMENTS: u64 = 100_000;

/// How deep elements of a product may stand in each other.
pub const MAX_DEPTH: usize = 64;

/// The namespaces that are bound outside of the products.
#[derive(Clone, Debug, Default)]
pub(super) struct Namespaces(Vec<(Option<String>, String)>);

impl Namespaces {
    /// Binds a prefix, or the namespace of elements without one. A later binding wins over an earlier one.
    pub(super) fn bind(&mut self, prefix: Option<&str>, uri: &str) {
        self.0.push((prefix.map(str::to_owned), uri.to_owned()));
    }

    fn hold_in(&self, resolver: &mut NamespaceResolver) -> Result<(), Fault> {
        for (prefix, uri) in &self.0 {
            let prefix = prefix.as_deref().map_or(PrefixDeclaration::Default, PrefixDeclaration::Named);
            resolver.add(prefix, Namespace(uri)).map_err(Fault::malformed)?;
        }
        Ok(())
    }
}

/// What an element is, by the way down to it. What is not known is [`Node::Other`], and so is all that stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Product,
    Category,
    Card,
    Description,
    Name,
    ShortDesc,
    LongDesc,
    Price,
    Sizes,
    Size,
    SizePrice,
    SizeStock,
    Images,
    Large,
    Image,
    Group,
    GroupParameter,
    ParameterName,
    ParameterValue,
    ValueName,
    Visibility,
    Site,
    Other,
}

impl Node {
    /// A child of this one.
    fn child(self, name: &str, is_extension: bool) -> Self {
        match (self, name, is_extension) {
            (Self::Product, "category", false) => Self::Category,
            (Self::Product, "card", false) => Self::Card,
            (Self::Product, "description", false) => Self::Description,
            (Self::Product, "price", false) => Self::Price,
            (Self::Product, "sizes", false) => Self::Sizes,
            (Self::Product, "images", false) => Self::Images,
            (Self::Product, "group", false) => Self::Group,
            (Self::Product, "visibility", true) => Self::Visibility,
            (Self::Description, "name", false) => Self::Name,
            (Self::Description, "short_desc", false) => Self::ShortDesc,
            (Self::Description, "long_desc", false) => Self::LongDesc,
            (Self::Sizes, "size", false) => Self::Size,
            (Self::Size, "price", false) => Self::SizePrice,
            (Self::Size, "stock", false) => Self::SizeStock,
            (Self::Images, "large", false) => Self::Large,
            (Self::Large, "image", false) => Self::Image,
            (Self::Group, "group_by_parameter", false) => Self::GroupParameter,
            (Self::GroupParameter, "name", false) => Self::ParameterName,
            (Self::GroupParameter, "product_value", false) => Self::ParameterValue,
            (Self::ParameterValue, "name", false) => Self::ValueName,
            (Self::Visibility, "site", true) => Self::Site,
            _ => Self::Other,
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Name | Self::ShortDesc | Self::LongDesc | Self::ParameterName | Self::ValueName)
    }
}

/// Reads a product that is one element.
pub(super) fn product(bytes: &[u8], namespaces: &Namespaces) -> Result<Product, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8)?;
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    namespaces.hold_in(reader.resolver_mut())?;
    let mut builder = Builder::default();
    loop {
        match reader.read_event().map_err(Fault::malformed)? {
            Event::Start(start) => builder.start(&start, reader.resolver())?,
            Event::End(_) => builder.end(),
            Event::Text(text) => builder.text(&text.xml10_content()),
            Event::CData(text) => builder.text(&text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(Fault::malformed)? {
                Some(c) => builder.text(c.encode_utf8(&mut [0; 4])),
                // There is no definition of any other: the file may not bring one along.
                None => builder.text(resolve_predefined_entity(&reference).ok_or_else(|| {
                    Fault::malformed(format_args!("the entity \"{}\" is not known", &*reference))
                })?),
            },
            Event::Eof => return builder.product(),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

#[derive(Default)]
struct Builder {
    product: Product,
    /// The way down to where the reader is, with the language that each element tells.
    path: Vec<(Node, Option<String>)>,
    text: String,
    elements: u64,
}

impl Builder {
    fn start(&mut self, start: &BytesStart<'_>, resolver: &NamespaceResolver) -> Result<(), Fault> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(Fault::TooManyElements);
        }
        if self.path.len() >= MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        let node = match self.path.last() {
            None => Node::Product,
            Some((parent, _)) => {
                let (namespace, name) = resolver.resolve_element(start.name());
                let is_extension = is_extension(&namespace);
                // Elements of IOF have no prefix; one of another namespace may be called anything.
                let is_known = is_extension || start.name().prefix().is_none();
                if is_known { parent.child(name.as_ref(), is_extension) } else { Node::Other }
            }
        };
        let attributes = Attributes::read(start, resolver)?;
        let language = attributes.language();
        if node.is_text() {
            self.text.clear();
        }
        self.open(node, attributes);
        self.path.push((node, language));
        Ok(())
    }

    fn open(&mut self, node: Node, mut told: Attributes) {
        let product = &mut self.product;
        match node {
            Node::Product => {
                product.id = told.take("id").unwrap_or_default();
                product.kind = told.take("type");
                product.vat = told.take("vat");
                product.currency = told.take("currency");
                product.code_on_card = told.take("code_on_card");
                product.producer_code_standard = told.take("producer_code_standard");
                product.removed = told.take("removed");
            }
            Node::Category => {
                product.categories.push(Category { id: told.take("id"), name: told.take("name") });
            }
            Node::Card => product.card = product.card.take().or(told.take("url")),
            Node::Price => product.prices.push(told.price()),
            Node::Sizes => product.has_sizes = true,
            Node::Size => product.sizes.push(told.size()),
            Node::SizePrice => {
                if let Some(size) = product.sizes.last_mut() {
                    size.prices.push(told.price());
                }
            }
            Node::SizeStock => {
                if let Some(size) = product.sizes.last_mut() {
                    size.stocks.push(told.stock());
                }
            }
            Node::Image => product.images.push(Image {
                url: told.take("url"),
                hash: told.take("hash"),
                priority: told.take_extension("priority"),
            }),
            Node::Group => {
                let group = product.group.get_or_insert_default();
                group.first_product_id = group.first_product_id.take().or(told.take("first_product_id"));
            }
            Node::GroupParameter => {
                let group = product.group.get_or_insert_default();
                group.parameters.push(GroupParameter::default());
            }
            Node::Site => {
                let visible = told.take("visible").or_else(|| told.take_extension("visible"));
                product.visible_at.push(visible);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.path.last().is_some_and(|(node, _)| node.is_text()) {
            self.text.push_str(text);
        }
    }

    fn end(&mut self) {
        let Some((node, language)) = self.path.pop() else { return };
        if !node.is_text() {
            return;
        }
        // A language holds for all that stands in the element that tells it.
        let told = || self.path.iter().rev().find_map(|(_, language)| language.clone());
        let language = language.or_else(told);
        let text = std::mem::take(&mut self.text);
        let parameter = self.product.group.as_mut().and_then(|group: &mut Group| group.parameters.last_mut());
        let texts: Option<&mut Texts> = match node {
            Node::Name => Some(&mut self.product.name),
            Node::ShortDesc => Some(&mut self.product.short_desc),
            Node::LongDesc => Some(&mut self.product.long_desc),
            Node::ParameterName => parameter.map(|parameter| &mut parameter.name),
            Node::ValueName => parameter.map(|parameter| &mut parameter.value),
            _ => None,
        };
        if let Some(texts) = texts {
            texts.0.push((language, text));
        }
    }

    fn product(self) -> Result<Product, Fault> {
        if !self.path.is_empty() {
            return Err(Fault::Unclosed);
        }
        if self.product.id.is_empty() {
            return Err(Fault::NoId);
        }
        Ok(self.product)
    }
}

fn is_extension(namespace: &ResolveResult<'_>) -> bool {
    matches!(namespace, ResolveResult::Bound(Namespace(uri)) if *uri == EXTENSIONS)
}

/// Whose an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// IOF, whose attributes have no prefix.
    Iof,
    /// [`EXTENSIONS`].
    Extensions,
    /// `xml:`.
    Xml,
}

/// What an element tells. An empty value is not told.
struct Attributes(Vec<(Owner, String, String)>);

impl Attributes {
    fn read(start: &BytesStart<'_>, resolver: &NamespaceResolver) -> Result<Self, Fault> {
        let mut told = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(Fault::malformed)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(Fault::malformed)?;
            let (namespace, name) = resolver.resolve_attribute(attribute.key);
            let owner = match attribute.key.prefix() {
                None => Owner::Iof,
                Some(prefix) if prefix.is_xml() => Owner::Xml,
                Some(_) if is_extension(&namespace) => Owner::Extensions,
                Some(_) => continue,
            };
            if !value.trim().is_empty() {
                told.push((owner, name.as_ref().to_owned(), value.trim().to_owned()));
            }
        }
        Ok(Self(told))
    }

    fn take_of(&mut self, owner: Owner, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(own, told, _)| *own == owner && told == name)?;
        let (_, _, value) = self.0.swap_remove(place);
        Some(value)
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.take_of(Owner::Iof, name)
    }

    fn take_extension(&mut self, name: &str) -> Option<String> {
        self.take_of(Owner::Extensions, name)
    }

    fn language(&self) -> Option<String> {
        let told = self.0.iter().find(|(owner, name, _)| *owner == Owner::Xml && name == "lang");
        told.map(|(_, _, language)| language.clone())
    }

    fn price(&mut self) -> Price {
        Price { gross: self.take("gross"), net: self.take("net") }
    }

    fn stock(&mut self) -> Stock {
        Stock {
            id: self.take("id"),
            quantity: self.take("quantity"),
            available_stock_quantity: self.take("available_stock_quantity"),
        }
    }

    fn size(&mut self) -> Size {
        Size {
            id: self.take("id"),
            name: self.take("name"),
            panel_name: self.take("panel_name"),
            code: self.take("code"),
            code_producer: self.take("code_producer"),
            code_external: self.take_extension("code_external"),
            available: self.take("available"),
            prices: Vec::new(),
            stocks: Vec::new(),
        }
    }
}
