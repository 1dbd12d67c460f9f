//! Pictures: the presigned upload forms that were handed out, and what was stored.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

/// The largest picture that is taken, in bytes.
pub(super) const LARGEST_PICTURE: usize = 20 * 1024 * 1024;

/// How long an upload form may be used.
const FORM_LIFE: TimeDelta = TimeDelta::hours(1);

/// A stored picture.
#[derive(Clone)]
pub(super) struct Picture {
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

/// A form that was handed out: every field has to come back as it is.
struct Form {
    fields: BTreeMap<String, String>,
    until: DateTime<Utc>,
}

/// The picture store.
#[derive(Default)]
pub(super) struct Pictures {
    forms: HashMap<String, Form>,
    stored: BTreeMap<String, Picture>,
}

impl Pictures {
    /// Makes the fields of a presigned POST.
    pub(super) fn form(
        &mut self,
        filename: &str,
        content_type: &str,
        now: DateTime<Utc>,
    ) -> BTreeMap<String, String> {
        let key = format!("uploads/{}{}", Uuid::new_v4(), extension(filename));
        let until = now + FORM_LIFE;
        let day = now.format("%Y%m%d");
        let policy = json!({
            "expiration": super::product::stamp(until),
            "conditions": [
                {"key": key}, {"Content-Type": content_type}, {"success_action_status": "201"},
                ["content-length-range", 1, LARGEST_PICTURE],
            ],
        });
        let signature = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let fields = BTreeMap::from(
            [
                ("key", key.clone()),
                ("Content-Type", content_type.to_owned()),
                ("success_action_status", "201".to_owned()),
                ("policy", STANDARD.encode(policy.to_string())),
                ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
                ("x-amz-credential", format!("SANDBOX/{day}/eu-central-1/s3/aws4_request")),
                ("x-amz-date", now.format("%Y%m%dT%H%M%SZ").to_string()),
                ("x-amz-signature", signature),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        self.forms.insert(key, Form { fields: fields.clone(), until });
        fields
    }

    /// Whether these fields are, to the letter, those of a form that still holds; if not, why.
    pub(super) fn check(&self, fields: &BTreeMap<String, String>, now: DateTime<Utc>) -> Result<(), String> {
        let key = fields.get("key").ok_or("Invalid according to Policy: the field `key` is missing")?;
        let form =
            self.forms.get(key).ok_or("Invalid according to Policy: no form was made for this `key`")?;
        if now > form.until {
            return Err("Invalid according to Policy: Policy expired.".to_owned());
        }
        for (name, value) in &form.fields {
            if fields.get(name) != Some(value) {
                return Err(format!(
                    "Invalid according to Policy: the field `{name}` is missing or was changed"
                ));
            }
        }
        match fields.keys().find(|name| !form.fields.contains_key(*name)) {
            Some(name) => Err(format!("Invalid according to Policy: Extra input fields: {name}")),
            None => Ok(()),
        }
    }

    /// Stores a picture under the key of a form.
    pub(super) fn store(&mut self, key: &str, picture: Picture) {
        self.stored.insert(key.to_owned(), picture);
    }

    /// Stores a picture that was copied, under a new key.
    pub(super) fn store_copy(&mut self, picture: Picture) -> String {
        let key = format!("downloads/{}", Uuid::new_v4());
        self.store(&key, picture);
        key
    }

    pub(super) fn get(&self, key: &str) -> Option<&Picture> {
        self.stored.get(key)
    }

    /// How many pictures are stored.
    pub(super) fn len(&self) -> usize {
        self.stored.len()
    }
}

/// The file name's ending with its dot, when it is a plain one.
fn extension(filename: &str) -> String {
    match filename.rsplit_once('.') {
        Some((_, end))
            if !end.is_empty() && end.len() <= 5 && end.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            format!(".{end}")
        }
        _ => String::new(),
    }
}
