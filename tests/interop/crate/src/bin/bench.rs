//! `bench DIR PRESET`: seconds that Winterfell takes to prove and verify what export.c wrote to DIR. One line a program:
//! name, prove seconds, verify seconds, proof bytes.

use std::time::Instant;

use eml_interop::{preset, programs, prover::*, read_elements, verify, Program, Visitor};
use winterfell::Prover;

struct Bench {
    dir: String,
    preset: String,
}

impl Visitor for Bench {
    fn visit<P: Program>(&mut self) {
        let home = format!("{}/{}", self.dir, P::NAME);
        let inputs = P::inputs(&read_elements(&format!("{home}/inputs.bin")));
        let cells = read_elements(&format!("{home}/trace.bin"));
        let random = read_elements(&format!("{home}/aux_random.bin"));
        let runs = if P::trace_info().length() < 4096 { 10 } else { 2 };
        let (mut prove, mut check, mut bytes) = (f64::MAX, f64::MAX, 0);
        for _ in 0..runs {
            let trace = ExportedTrace::new::<P>(&cells);
            let prover = ExportedProver::<P>::new(preset(&self.preset), inputs.clone(), random.clone());
            let start = Instant::now();
            let proof = prover.prove(trace).unwrap();
            prove = prove.min(start.elapsed().as_secs_f64());
            let proof = proof.to_bytes();
            bytes = proof.len();
            let start = Instant::now();
            verify::<P>(&proof, inputs.clone(), preset(&self.preset)).unwrap();
            check = check.min(start.elapsed().as_secs_f64());
        }
        println!("{} {prove:.6} {check:.6} {bytes}", P::NAME);
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (dir, preset) = (args.next().expect("usage: bench DIR PRESET"), args.next().expect("usage: bench DIR PRESET"));
    programs::for_each(&mut Bench { dir, preset });
}
