//! `interop DIR`: what tests/interop/export.c wrote to DIR, judged by Winterfell. Writes DIR/manifest, from which check.c takes what eml's
//! verifier must say about the same proofs. Exit status 1 when anything disagrees. EML_INTEROP_MUTATIONS: so many changes of each program's
//! proof and statement besides the fixed ones, drawn from EML_TEST_SEED.

use std::fmt::Write;
use std::process::{Command, Stdio};

use eml_interop::{preset, programs, prover::*, read_elements, verify, verify_programmed, write_elements, Hash, Program, Visitor};
use winterfell::{
    math::{fields::f128::BaseElement, fields::QuadExtension, FieldElement},
    AcceptableOptions, Air, AuxRandElements, EvaluationFrame, Proof, Prover,
};

type E = QuadExtension<BaseElement>;

const FRAMES: usize = 100;
const REFUSED: i32 = 1;

struct Judge {
    dir: String,
    manifest: String,
    failures: usize,
    mutations: usize,
    random: Random,
    random_mutations: usize,
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e3779b97f4a7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// One change of a proof or of what it is about, and what it is. Half of those by position are among the first bytes, where lengths are.
fn change(random: &mut Random, proof: &mut Vec<u8>, inputs: &mut Vec<BaseElement>, others: &[Vec<u8>]) -> String {
    let reach = if random.below(2) == 0 { proof.len().min(1024) } else { proof.len() };
    let (at, length) = (random.below(reach), 1 + random.below(48));
    let end = (at + length).min(proof.len());
    match random.below(10) {
        0 => proof[at] ^= 1 << random.below(8),
        1 => proof[at] = random.next() as u8,
        2 => proof[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
        3 => proof[at..end].fill([0, 0xff][random.below(2)]),
        4 => drop(proof.drain(at..end)),
        5 => drop(proof.splice(at..at, vec![random.next() as u8; length])),
        6 => proof.copy_within(at..end, random.below(at + 1)),
        7 => {
            let other = &others[random.below(others.len())];
            let to = end.min(other.len());
            if at < to {
                proof[at..to].copy_from_slice(&other[at..to]);
            }
        }
        8 => {
            let i = random.below(inputs.len());
            inputs[i] = BaseElement::new(random.next() as u128);
            return format!("public input {i} drawn anew");
        }
        _ => {
            let (i, j) = (random.below(inputs.len()), random.below(inputs.len()));
            inputs.swap(i, j);
            return format!("public inputs {i} and {j} swapped");
        }
    }
    format!("a change at byte {at}, {length} long")
}

fn number(variable: &str) -> u64 {
    std::env::var(variable).map_or(0, |text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}

impl Judge {
    fn expect(&mut self, holds: bool, what: String) {
        if !holds {
            println!("FAILED: {what}");
            self.failures += 1;
        }
    }

    /// (a) Winterfell accepts eml's proof; (b) eml must accept Winterfell's proof of the same trace; (d) they are the same bytes.
    fn exchange<P: Program>(&mut self, home: &str, inputs: &P::Inputs, name: &str) {
        let options = preset(name);
        let ours = std::fs::read(format!("{home}/proof.{name}.bin")).unwrap();
        let verdict = verify::<P>(&ours, inputs.clone(), options.clone());
        self.expect(verdict.is_ok(), format!("{}: winterfell::verify of eml's {name} proof: {verdict:?}", P::NAME));
        let checked = P::verify_checked(&ours, inputs.clone(), &AcceptableOptions::OptionSet(vec![options.clone()]));
        self.expect(checked.is_ok(), format!("{}: verify_checked of eml's {name} proof: {checked:?}", P::NAME));

        let trace = ExportedTrace::new::<P>(&read_elements(&format!("{home}/trace.bin")));
        let random = read_elements(&format!("{home}/aux_random.bin"));
        let theirs = ExportedProver::<P>::new(options, inputs.clone(), random).prove(trace).unwrap().to_bytes();
        self.expect(theirs.len() == ours.len(), format!("{}: {name} proof sizes {} and {}", P::NAME, ours.len(), theirs.len()));
        self.expect(theirs == ours, format!("{}: {name} proofs differ in bytes", P::NAME));
        std::fs::write(format!("{home}/winterfell.{name}.bin"), &theirs).unwrap();
        writeln!(self.manifest, "{} {name} winterfell.{name}.bin inputs.bin accept", P::NAME).unwrap();

        self.note_security::<P>(name, &ours);
        let n = P::trace_info().length();
        println!("{}: {name}: n = {n}, {} bytes, the same from both provers: {}", P::NAME, ours.len(), theirs == ours);
    }

    /// Bits of security that Winterfell counts for this preset at every trace length: the proof's context is all that it looks at.
    fn note_security<P: Program>(&mut self, name: &str, proof: &[u8]) {
        const LOG_LENGTH_AT: usize = 3;
        let mut bytes = proof.to_vec();
        for log in 5..=24 {
            bytes[LOG_LENGTH_AT] = log;
            let proof = Proof::from_bytes(&bytes).unwrap();
            let (proven, conjectured) = (proof.proven_security::<Hash>(), proof.conjectured_security::<Hash>());
            let (proven, conjectured) = (proven.ldr_bits(), conjectured.bits());
            writeln!(self.manifest, "{} {name} security {} {proven}/{conjectured}", P::NAME, 1u32 << log).unwrap();
        }
    }

    /// One changed proof or statement: eml must say what Winterfell says, which is returned. Winterfell panics on some malformed proofs and
    /// asks for absurd amounts of memory, which aborts, on others: each is judged in a process of its own, and an abort is a refusal.
    fn judge_apart<P: Program>(&mut self, home: &str, proof: &[u8], elements: &[BaseElement], what: &str) -> bool {
        let (proof_name, inputs_name) = (format!("mutant.{}.bin", self.mutations), format!("mutant.{}.inputs", self.mutations));
        self.mutations += 1;
        std::fs::write(format!("{home}/{proof_name}"), proof).unwrap();
        write_elements(&format!("{home}/{inputs_name}"), elements);
        let judged = Command::new(std::env::current_exe().unwrap())
            .args([&self.dir, P::NAME, &proof_name, &inputs_name])
            .stderr(Stdio::null())
            .status()
            .unwrap();
        if !judged.success() && judged.code() != Some(REFUSED) {
            println!("{}: winterfell ends with {judged} on {what}", P::NAME);
        }
        let verdict = if judged.success() { "accept" } else { "refuse" };
        writeln!(self.manifest, "{} standard {proof_name} {inputs_name} {verdict}", P::NAME).unwrap();
        judged.success()
    }

    /// (c) changes that Winterfell must refuse.
    fn mutate<P: Program>(&mut self, home: &str, proof: &[u8], elements: &[BaseElement], what: &str) {
        let accepted = self.judge_apart::<P>(home, proof, elements, what);
        self.expect(!accepted, format!("{}: winterfell accepts {what}", P::NAME));
    }

    /// (f) changes drawn from the seed, of every kind, some of which change nothing that counts: the two must agree.
    fn mutate_at_random<P: Program>(&mut self, home: &str, elements: &[BaseElement]) {
        let proof = std::fs::read(format!("{home}/proof.standard.bin")).unwrap();
        let others = ["test", "high", "standard"].map(|name| std::fs::read(format!("{home}/proof.{name}.bin")).unwrap());
        for _ in 0..self.random_mutations {
            let (mut bytes, mut inputs) = (proof.clone(), elements.to_vec());
            let what = change(&mut self.random, &mut bytes, &mut inputs, &others);
            self.judge_apart::<P>(home, &bytes, &inputs, &what);
        }
    }

    fn mutate_all<P: Program>(&mut self, home: &str, elements: &[BaseElement]) {
        let proof = std::fs::read(format!("{home}/proof.standard.bin")).unwrap();
        for i in 0..48 {
            let mut mutant = proof.clone();
            let at = if i < 16 { 3 * i } else { (i * proof.len() / 48 + 7 * i) % proof.len() };
            mutant[at] ^= 1 << (i % 8);
            self.mutate::<P>(home, &mutant, elements, &format!("bit {} of byte {at} flipped", i % 8));
        }
        for cut in [1, 8, 9, proof.len() / 2, proof.len() - 40] {
            self.mutate::<P>(home, &proof[..proof.len() - cut], elements, &format!("{cut} bytes cut off"));
        }
        self.mutate::<P>(home, &[&proof[..], &[0]].concat(), elements, "a byte appended");
        for i in 0..elements.len() {
            if i > 12 && i + 4 < elements.len() && i % 5 != 0 {
                continue;
            }
            let mut changed = elements.to_vec();
            changed[i] += BaseElement::ONE;
            self.mutate::<P>(home, &proof, &changed, &format!("public input {i} changed"));
        }
    }

    /// A false claim with a remainder chosen after the queries: Winterfell 0.13.1 does not compare the remainder with its commitment and
    /// accepts; the emitted wrapper must not, nor eml.
    fn judge_late_remainder<P: Program>(&mut self, home: &str) {
        let Ok(proof) = std::fs::read(format!("{home}/late.bin")) else { return };
        let elements = read_elements(&format!("{home}/late.inputs"));
        let raw = verify::<P>(&proof, P::inputs(&elements), preset("standard"));
        println!("{}: winterfell::verify of a false claim with a late remainder: {raw:?}", P::NAME);
        self.expect(raw.is_ok(), format!("{}: Winterfell checks the remainder now: say so in docs/soundness.md", P::NAME));
        let accepted = AcceptableOptions::OptionSet(vec![preset("standard")]);
        let checked = P::verify_checked(&proof, P::inputs(&elements), &accepted);
        self.expect(checked.is_err(), format!("{}: verify_checked accepts a late remainder", P::NAME));
        writeln!(self.manifest, "{} standard late.bin late.inputs refuse", P::NAME).unwrap();
    }

    /// (g) what the simulator writes from the claim alone, true or false, passes every check of Winterfell's verifier when the coin is
    /// programmed, and none when it is not.
    fn judge_simulated<P: Program>(&mut self, home: &str) {
        for (truth, name) in [("true", "inputs.bin"), ("false", "simulated.false.inputs")] {
            let Ok(proof) = std::fs::read(format!("{home}/simulated.{truth}.bin")) else { return };
            let inputs = P::inputs(&read_elements(&format!("{home}/{name}")));
            let programmed = verify_programmed::<P>(&proof, inputs.clone(), preset("standard"));
            self.expect(programmed.is_ok(), format!("{}: winterfell::verify of a simulated proof, claim {truth}: {programmed:?}", P::NAME));
            let real = verify::<P>(&proof, inputs, preset("standard"));
            self.expect(real.is_err(), format!("{}: winterfell accepts a simulated proof", P::NAME));
            println!("{}: simulated, claim {truth}: {programmed:?} with a programmed coin, {real:?} else", P::NAME);
        }
    }

    /// (e) the emitted constraints evaluate to eml's values on random frames.
    fn compare_frames<P: Program>(&mut self, home: &str, inputs: &P::Inputs) {
        let air = P::Air::new(P::trace_info(), inputs.clone(), preset("standard"));
        let (main, aux) = (P::trace_info().main_trace_width(), P::trace_info().aux_segment_width());
        let (periodic, random) = (air.get_periodic_column_values().len(), P::trace_info().get_num_aux_segment_rand_elements());
        let (mains, auxes) =
            (air.context().num_main_transition_constraints(), air.context().num_aux_transition_constraints());
        let base = read_elements(&format!("{home}/frames.bin"));
        let mut values = E::slice_from_base_elements(&base).iter().copied();
        let mut take = |count: usize| values.by_ref().take(count).collect::<Vec<E>>();
        for frame in 0..FRAMES {
            let main = EvaluationFrame::from_rows(take(main), take(main));
            let (aux_current, aux_next) = (take(aux), take(aux));
            let (periodic, random) = (take(periodic), AuxRandElements::new(take(random)));
            let mut results = vec![E::ZERO; mains];
            air.evaluate_transition(&main, &periodic, &mut results);
            let mut aux_results = vec![E::ZERO; auxes];
            if auxes > 0 {
                let aux = EvaluationFrame::from_rows(aux_current, aux_next);
                air.evaluate_aux_transition(&main, &aux, &periodic, &random, &mut aux_results);
            }
            results.append(&mut aux_results);
            let expected = take(mains + auxes);
            self.expect(results == expected, format!("{}: constraints differ on frame {frame}", P::NAME));
        }
        self.expect(values.next().is_none(), format!("{}: frames left over", P::NAME));
    }
}

impl Visitor for Judge {
    fn visit<P: Program>(&mut self) {
        let home = format!("{}/{}", self.dir, P::NAME);
        let elements = read_elements(&format!("{home}/inputs.bin"));
        let inputs = P::inputs(&elements);
        for name in ["test", "standard", "high"] {
            self.exchange::<P>(&home, &inputs, name);
        }
        self.compare_frames::<P>(&home, &inputs);
        self.mutate_all::<P>(&home, &elements);
        self.mutate_at_random::<P>(&home, &elements);
        self.judge_late_remainder::<P>(&home);
        self.judge_simulated::<P>(&home);
    }
}

/// One proof of one program, for `mutate`: the process's exit status is the verdict.
struct One {
    args: Vec<String>,
}

impl Visitor for One {
    fn visit<P: Program>(&mut self) {
        let [dir, name, proof, inputs] = &self.args[..] else { panic!("usage: interop DIR [PROGRAM PROOF INPUTS]") };
        if P::NAME != name {
            return;
        }
        let inputs = P::inputs(&read_elements(&format!("{dir}/{name}/{inputs}")));
        let proof = std::fs::read(format!("{dir}/{name}/{proof}")).unwrap();
        let accepted = AcceptableOptions::OptionSet(vec![preset("standard")]);
        let verdict = P::verify_checked(&proof, inputs, &accepted);
        std::process::exit(if verdict.is_ok() { 0 } else { REFUSED });
    }
}

/// Files in whose shape run.py wrote a lie refuse before they look at anything. Those that it takes.
fn takes_undefined() -> Vec<&'static str> {
    let mut taken = vec![];
    macro_rules! judge {
        ($($module:ident)*) => {$({
            use programs::$module::{verify_checked, PublicInputs, Refusal, SPONGES, STACK};
            let (digests, stack) = ([BaseElement::ZERO; 2 * SPONGES], [BaseElement::ZERO; STACK]);
            let commitment = [BaseElement::ZERO; 2];
            let (public_tape, secret_tape, output_tape) = (vec![], vec![], vec![]);
            let inputs = PublicInputs { digests, commitment, stack, public_tape, secret_tape, output_tape };
            let accepted = AcceptableOptions::OptionSet(vec![preset("standard")]);
            if !matches!(verify_checked(&[], inputs, &accepted), Err(Refusal::Undefined)) {
                taken.push(stringify!($module));
            }
        })*};
    }
    judge!(hidden_without_tape hidden_too_short hidden_too_long hidden_with_secrets form_2 committed_without_cycles
        committed_unevenly committed_past_the_code committed_in_the_open committed_with_secrets);
    taken
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.len() > 1 {
        return programs::for_each(&mut One { args });
    }
    let dir = args.into_iter().next().expect("usage: interop DIR");
    let (random, random_mutations) = (Random(number("EML_TEST_SEED")), number("EML_INTEROP_MUTATIONS") as usize);
    let mut judge = Judge { dir, manifest: String::new(), failures: 0, mutations: 0, random, random_mutations };
    programs::for_each(&mut judge);
    let taken = takes_undefined();
    judge.expect(taken.is_empty(), format!("verify_checked takes program shapes that are not defined: {taken:?}"));
    std::fs::write(format!("{}/manifest", judge.dir), &judge.manifest).unwrap();
    println!("{} mutations, {} disagreements on Winterfell's side", judge.mutations, judge.failures);
    std::process::exit((judge.failures > 0) as i32);
}
