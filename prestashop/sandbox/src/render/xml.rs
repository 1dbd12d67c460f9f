//! XML as PrestaShop writes it: values in CDATA without a look at what they contain.

use super::Sheet;
use crate::answer::Fault;
use crate::rows::{Association, Row, Value, computed_price};
use crate::schema::{Field, Kind};

/// A document with this in it.
pub(crate) fn wrapped(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n{inner}</prestashop>\n"
    )
}

pub(super) fn errors(errors: &[Fault]) -> String {
    let mut out = "<errors>\n".to_owned();
    for Fault(code, message) in errors {
        put!(
            &mut out,
            "<error>\n<code><![CDATA[{code}]]></code>\n<message><![CDATA[{message}]]></message>\n</error>\n"
        );
    }
    out.push_str("</errors>\n");
    wrapped(&out)
}

pub(super) fn entities(sheet: &Sheet<'_>, rows: &[Box<dyn Row>]) -> String {
    let mut out = String::with_capacity(rows.len() * 128);
    let (name, node) = (sheet.resource.name, sheet.resource.node);
    if !sheet.single {
        put!(&mut out, "<{name}>\n");
    }
    for row in rows {
        match &sheet.fields {
            None => {
                let (id, base) = (row.id(), &sheet.view.base);
                put!(&mut out, "<{node} id=\"{id}\" xlink:href=\"{base}/api/{name}/{id}\"/>\n");
            }
            Some(fields) => {
                put!(&mut out, "<{node}>\n");
                entity(&mut out, sheet, row.as_ref(), fields);
                put!(&mut out, "</{node}>\n");
            }
        }
    }
    if !sheet.single {
        put!(&mut out, "</{name}>\n");
    }
    wrapped(&out)
}

fn entity(out: &mut String, sheet: &Sheet<'_>, row: &dyn Row, fields: &[&Field]) {
    let view = sheet.view;
    for field in fields {
        let value = view.value(row, field);
        let name = field.name;
        if let Value::Multi(texts) = &value {
            put!(out, "\t<{name}>");
            for (index, (language, text)) in view.options.languages.iter().zip(texts).enumerate() {
                if sheet.language.is_none_or(|one| one == index) {
                    let (id, base) = (language.id, &view.base);
                    put!(
                        out,
                        "<language id=\"{id}\" xlink:href=\"{base}/api/languages/{id}\"><![CDATA[{text}]]></language>"
                    );
                }
            }
            put!(out, "</{name}>\n");
            continue;
        }
        let text = value.texts().concat();
        put!(out, "\t<{name}");
        if let Some(link) = field.link.filter(|_| !text.is_empty() && text != "0") {
            let owner = if link == "images/products" { format!("/{}", row.id()) } else { String::new() };
            put!(out, " xlink:href=\"{}/api/{link}{owner}/{text}\"", view.base);
        }
        if field.kind == Kind::Computed {
            out.push_str(" notFilterable=\"true\"");
        }
        put!(out, "><![CDATA[{text}]]></{name}>\n");
    }
    for price in sheet.prices.iter().filter_map(|index| view.prices.get(*index)) {
        if let Some(product) = row.product() {
            let text = computed_price(view, product, price).texts().concat();
            put!(out, "\t<{0}><![CDATA[{text}]]></{0}>\n", price.name);
        }
    }
    let associations = if sheet.associations { row.associations(view) } else { Vec::new() };
    if !associations.is_empty() {
        out.push_str("<associations>\n");
        for one in &associations {
            association(out, &view.base, one);
        }
        out.push_str("</associations>\n");
    }
}

fn association(out: &mut String, base: &str, one: &Association) {
    let (name, node, path) = (one.name, one.node, &one.path);
    put!(out, "<{name} nodeType=\"{node}\" api=\"{}\"", one.api);
    if one.entries.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    for entry in &one.entries {
        let id = entry.id;
        match path.as_ref() {
            "" => put!(out, "\t<{node}>\n"),
            path => put!(out, "\t<{node} xlink:href=\"{base}/api/{path}/{id}\">\n"),
        }
        put!(out, "\t<id><![CDATA[{id}]]></id>\n");
        for (name, number, link) in &entry.more {
            let link =
                link.map(|link| format!(" xlink:href=\"{base}/api/{link}/{number}\"")).unwrap_or_default();
            put!(out, "\t<{name}{link}><![CDATA[{number}]]></{name}>\n");
        }
        put!(out, "\t</{node}>\n");
    }
    put!(out, "</{name}>\n");
}
