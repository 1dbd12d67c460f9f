//! No secret in anything that is said, however much is said.

use gateway_core::token::{ShopGuid, SigningKey, sign};
use secrecy::ExposeSecret as _;

use crate::support::{API_KEY, World, ran};

#[test]
fn nothing_that_is_said_holds_a_secret() {
    let world = World::new();
    let key = world.gateway.secret().to_owned();
    let shop = ShopGuid::parse(world.gateway.shop()).unwrap();
    let token = sign(shop, &SigningKey::from_base64(&key.as_str().into()).unwrap()).unwrap();
    let signature = token.expose_secret().rsplit('.').next().unwrap();
    let mut said = 0;
    for output in ["text", "json"] {
        for mode in ["plain", "rejects", "failing", "panic", "refused", "usd", "escapes"] {
            for command in
                [["import", "--dry-run"].as_slice(), &["check"], &["categories", "list"], &["status"]]
            {
                let mut arguments = command.to_vec();
                arguments.extend(["-vv", "--output", output]);
                let ran = world.run(mode, &arguments);
                for secret in [key.as_str(), API_KEY, token.expose_secret(), signature] {
                    assert!(!ran.out.contains(secret), "{mode} {command:?}: {}", ran.out);
                    assert!(!ran.err.contains(secret), "{mode} {command:?}: {}", ran.err);
                }
                said += ran.err.len();
            }
        }
    }
    assert!(said > 10_000, "so little was said ({said} bytes) that nothing was tried");
}

#[test]
fn a_secret_that_is_refused_is_not_repeated() {
    let world = World::new();
    for (variable, secret) in [("GATEWAY_SECRET", "s3cr3t, not base64"), ("TOY_API_KEY", "s3cr3t")] {
        let ran = ran(world.toy("plain", &["--dry-run", "-vv"]).env(variable, secret));
        assert_eq!(ran.code, Some(2));
        assert!(!ran.out.contains("s3cr3t") && !ran.err.contains("s3cr3t"), "{variable}: {}", ran.err);
    }
}
