//! `vectors`: prints tests/kat/winterfell_coin.txt, a dialogue with Winterfell's random coin. A line is a command and its answer:
//!   seed E..            new coin, seeded with these elements
//!   base V | quad V     the next element of the field, of its quadratic extension
//!   reseed D            absorb a digest
//!   work NONCE BITS     trailing zeros of the nonce
//!   positions NONCE DOMAIN V..    absorb the nonce and draw integers below DOMAIN
//! Elements and digests are hexadecimal bytes.

use eml_interop::{Coin, Hash};
use winterfell::{
    crypto::{Digest, ElementHasher, RandomCoin},
    math::{fields::f128::BaseElement, fields::QuadExtension, FieldElement},
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn main() {
    println!("# Printed by tests/interop/crate/src/bin/vectors.rs from winterfell 0.13.1.");
    for case in 0..3u128 {
        let seed: Vec<BaseElement> = (0..4 + case).map(|i| BaseElement::new((i + case + 1).pow(29))).collect();
        println!("seed {}", hex(BaseElement::elements_as_bytes(&seed)));
        let mut coin = Coin::new(&seed);
        for _ in 0..3 {
            println!("base {}", hex(BaseElement::elements_as_bytes(&[coin.draw::<BaseElement>().unwrap()])));
            let drawn: QuadExtension<BaseElement> = coin.draw().unwrap();
            println!("quad {}", hex(QuadExtension::elements_as_bytes(&[drawn])));
        }
        let digest = Hash::hash_elements(&seed[1..]);
        println!("reseed {}", hex(&digest.as_bytes()));
        coin.reseed(digest);
        let drawn: QuadExtension<BaseElement> = coin.draw().unwrap();
        println!("quad {}", hex(QuadExtension::elements_as_bytes(&[drawn])));
        let nonce = (1..).find(|&nonce| coin.check_leading_zeros(nonce) >= 10).unwrap();
        for nonce in [0, 1, 2, nonce - 1, nonce, u64::MAX] {
            println!("work {nonce} {}", coin.check_leading_zeros(nonce));
        }
        let domain = 256usize << (4 * case);
        let positions: Vec<String> =
            coin.draw_integers(40, domain, nonce).unwrap().iter().map(|p| p.to_string()).collect();
        println!("positions {nonce} {domain} {}", positions.join(" "));
        println!("base {}", hex(BaseElement::elements_as_bytes(&[coin.draw::<BaseElement>().unwrap()])));
    }
}
