//! The constraint set of one eml program shape as a `winterfell::Air` (winterfell 0.13.1), made by eml.
//!
//! Check proofs with [`verify_checked`]: Winterfell itself takes the shape of the trace from the proof.

use std::panic::{catch_unwind, AssertUnwindSafe};

use winterfell::{
    crypto::{hashers::Blake3_256, DefaultRandomCoin, ElementHasher, MerkleTree},
    math::{
        fields::{f128::BaseElement, QuadExtension},
        ExtensionOf, FieldElement, ToElements,
    },
    AcceptableOptions, Air, AirContext, Assertion, AuxRandElements, EvaluationFrame, FieldExtension, Proof, ProofOptions,
    TraceInfo, TransitionConstraintDegree, VerifierError,
};

/// Rows of the trace.
pub const TRACE_LENGTH: usize = 64;
/// Columns of the main trace.
pub const MAIN_WIDTH: usize = 30;
/// Columns of the auxiliary trace.
pub const AUX_WIDTH: usize = 3;
/// Challenges drawn for the auxiliary trace.
pub const AUX_CHALLENGES: usize = 1;
/// Program sponges.
pub const SPONGES: usize = 1;
/// Stack registers.
pub const STACK: usize = 16;
/// Values on the public tape.
pub const PUBLIC_LEN: usize = 4;
/// Ciphertexts, of five elements each, on the secret tape.
pub const SECRET_LEN: usize = 2;
/// Elements on the output tape.
pub const OUTPUT_LEN: usize = 6;
/// Factor of the scalar in SADD.
pub const DELTA: u128 = 5;
/// 0: transparent. 1: hidden, proofs are zero-knowledge.
pub const FORM: usize = 0;
/// Last rows on which transition constraints need not hold. The form decides them, and nobody else: with more of them a program's
/// maker could end the transitions before its outputs.
pub const EXEMPT: usize = if FORM == 0 { 2 } else { 176 };
/// The auxiliary trace's last columns, which are random.
pub const MASKS: usize = if FORM == 0 { 0 } else { 2 };
/// Values read of the committed tape: all of them once for each output.
pub const COMMITTED_LEN: usize = 0;
/// How often each is read.
pub const READS_OF_EACH: usize = if OUTPUT_LEN > 0 { OUTPUT_LEN } else { 1 };
/// How many there are.
pub const COMMITTED: usize = COMMITTED_LEN / READS_OF_EACH;
/// Digest of what the committed tape means.
pub const SCHEMA: [u128; 2] = [0, 0];
/// Transition constraints and assertions, as a proof's context counts them.
pub const NUM_CONSTRAINTS: usize = 87;

/// The statement that a proof makes.
#[derive(Clone, Debug)]
pub struct PublicInputs {
    /// Sponge digests that the program hash covers: two elements a sponge.
    pub digests: [BaseElement; 2 * SPONGES],
    /// What the committed tape is bound to; zeros without one.
    pub commitment: [BaseElement; 2],
    /// Final stack, top first.
    pub stack: [BaseElement; STACK],
    /// `PUBLIC_LEN` values.
    pub public_tape: Vec<BaseElement>,
    /// `5 * SECRET_LEN` elements: mask0 to mask3 and body of each ciphertext.
    pub secret_tape: Vec<BaseElement>,
    /// `OUTPUT_LEN` elements.
    pub output_tape: Vec<BaseElement>,
}

impl PublicInputs {
    /// Whether the tapes have the lengths of this program shape.
    pub fn has_shape(&self) -> bool {
        self.public_tape.len() == PUBLIC_LEN
            && self.secret_tape.len() == 5 * SECRET_LEN
            && self.output_tape.len() == OUTPUT_LEN
            && (COMMITTED_LEN > 0 || self.commitment == [BaseElement::ZERO; 2])
    }
}

impl ToElements<BaseElement> for PublicInputs {
    fn to_elements(&self) -> Vec<BaseElement> {
        let shape =
            [TRACE_LENGTH, SPONGES, STACK, PUBLIC_LEN, SECRET_LEN, OUTPUT_LEN, COMMITTED_LEN, FORM];
        let mut elements: Vec<_> = shape.iter().map(|&v| BaseElement::new(v as u128)).collect();
        elements.push(BaseElement::new(DELTA));
        elements.extend_from_slice(&self.digests);
        elements.extend(SCHEMA.map(BaseElement::new));
        elements.extend_from_slice(&self.commitment);
        elements.extend([BaseElement::ZERO; 2]); // context: reserved
        elements.extend_from_slice(&self.stack);
        elements.extend_from_slice(&self.public_tape);
        elements.extend_from_slice(&self.secret_tape);
        elements.extend_from_slice(&self.output_tape);
        elements
    }
}

const HIDDEN_LENGTH_MIN: usize = 512;
const HIDDEN_LENGTH_MAX: usize = 4194304;
const HIDDEN_TAIL: usize = 192;

/// The only shape of trace that this constraint set is for.
pub fn expected_trace_info() -> TraceInfo {
    TraceInfo::new_multi_segment(MAIN_WIDTH, AUX_WIDTH, AUX_CHALLENGES, TRACE_LENGTH, Vec::new())
}

/// Why [`verify_checked`] refused.
#[derive(Debug)]
pub enum Refusal {
    /// The program shape is none that this version defines: its form, a committed tape, a schema, or what its form does not allow.
    Undefined,
    /// The tapes of the statement do not have the lengths of this program shape.
    WrongStatement,
    /// The bytes are not exactly one proof.
    Malformed,
    /// The proof is for a trace of another shape or for another number of constraints.
    WrongShape,
    /// The FRI remainder is not the committed one.
    WrongRemainder,
    /// Winterfell's verifier panicked, which it does on some malformed proofs.
    Panicked,
    /// Winterfell's verifier refused.
    Rejected(VerifierError),
}

/// Verifies a proof from an untrusted source: compares its shape before Winterfell acts on it, and turns panics
/// into refusals (in builds that unwind). Allow only option sets that you trust.
pub fn verify_checked(proof: &[u8], inputs: PublicInputs, options: &AcceptableOptions) -> Result<(), Refusal> {
    if !is_defined() {
        return Err(Refusal::Undefined);
    }
    if !inputs.has_shape() {
        return Err(Refusal::WrongStatement);
    }
    catch_unwind(AssertUnwindSafe(|| verify_inner(proof, inputs, options))).unwrap_or(Err(Refusal::Panicked))
}

fn is_defined() -> bool {
    TRACE_LENGTH.is_power_of_two()
        && (FORM == 0 || is_hidden())
        && (if COMMITTED_LEN == 0 { SCHEMA == [0, 0] } else { is_committed() })
}

/// Some tape and no ciphertexts, and a length for which the masks are known to suffice.
fn is_hidden() -> bool {
    FORM == 1 && SECRET_LEN == 0 && PUBLIC_LEN + OUTPUT_LEN + COMMITTED_LEN > 0 && matches!(TRACE_LENGTH, HIDDEN_LENGTH_MIN..=HIDDEN_LENGTH_MAX)
}

/// Hidden, and the commitment stands where transitions are enforced: otherwise any would verify.
fn is_committed() -> bool {
    let code_rows = TRACE_LENGTH.saturating_sub(HIDDEN_TAIL);
    FORM == 1
        && COMMITTED_LEN <= code_rows
        && COMMITTED_LEN % READS_OF_EACH == 0
        && 16 * (2 + COMMITTED.div_ceil(2)) <= code_rows
}

fn verify_inner(bytes: &[u8], inputs: PublicInputs, options: &AcceptableOptions) -> Result<(), Refusal> {
    let proof = Proof::from_bytes(bytes).map_err(|_| Refusal::Malformed)?;
    if *proof.trace_info() != expected_trace_info() || proof.context.num_constraints() != NUM_CONSTRAINTS {
        return Err(Refusal::WrongShape);
    }
    if proof.to_bytes() != bytes {
        return Err(Refusal::Malformed);
    }
    if !remainder_is_committed(&proof) {
        return Err(Refusal::WrongRemainder);
    }
    winterfell::verify::<EmlAir, Hash, DefaultRandomCoin<Hash>, MerkleTree<Hash>>(proof, inputs, options)
        .map_err(Refusal::Rejected)
}

type Hash = Blake3_256<BaseElement>;

/// Winterfell 0.13.1 does not compare the FRI remainder with its commitment. A prover that may choose it after it has seen
/// the queries can prove anything, so this check is not optional.
fn remainder_is_committed(proof: &Proof) -> bool {
    let layers = proof.options().to_fri_options().num_fri_layers(proof.lde_domain_size());
    let segments = proof.trace_info().num_segments();
    let Ok((_, _, fri)) = proof.commitments.clone().parse::<Hash>(segments, layers) else { return false };
    let sent = match proof.options().field_extension() {
        FieldExtension::None => proof.fri_proof.parse_remainder().map(|r| Hash::hash_elements::<BaseElement>(&r)),
        FieldExtension::Quadratic => {
            proof.fri_proof.parse_remainder().map(|r| Hash::hash_elements::<QuadExtension<BaseElement>>(&r))
        }
        FieldExtension::Cubic => return false,
    };
    sent.is_ok_and(|digest| fri.last() == Some(&digest))
}

/// The constraint set.
pub struct EmlAir {
    context: AirContext<BaseElement>,
    inputs: PublicInputs,
}

impl Air for EmlAir {
    type BaseField = BaseElement;
    type PublicInputs = PublicInputs;

    /// Panics when the trace or the tapes have another shape: see [`verify_checked`].
    fn new(trace_info: TraceInfo, inputs: PublicInputs, options: ProofOptions) -> Self {
        assert!(trace_info == expected_trace_info(), "trace of another shape");
        assert!(inputs.has_shape(), "tapes of another shape");
        let degrees = vec![
            TransitionConstraintDegree::new(2), // decoder.b4 boolean
            TransitionConstraintDegree::new(2), // decoder.b3 boolean
            TransitionConstraintDegree::new(2), // decoder.b2 boolean
            TransitionConstraintDegree::new(2), // decoder.b1 boolean
            TransitionConstraintDegree::new(2), // decoder.b0 boolean
            TransitionConstraintDegree::new(2), // decoder.not both shifts
            TransitionConstraintDegree::new(2), // decoder.noop has no b0
            TransitionConstraintDegree::new(2), // decoder.noop has no b1
            TransitionConstraintDegree::new(2), // decoder.noop has no b2
            TransitionConstraintDegree::new(2), // decoder.no 101xx
            TransitionConstraintDegree::new(3), // decoder.no 10x11
            TransitionConstraintDegree::new(3), // decoder.no 01101
            TransitionConstraintDegree::new(1), // system.clk
            TransitionConstraintDegree::new(2), // stack.depth
            TransitionConstraintDegree::with_cycles(1, vec![16]), // program.opw
            TransitionConstraintDegree::with_cycles(1, vec![16]), // program.imm
            TransitionConstraintDegree::new(4), // stack.s0
            TransitionConstraintDegree::new(4), // stack.s1
            TransitionConstraintDegree::new(4), // stack.s2
            TransitionConstraintDegree::new(4), // stack.s3
            TransitionConstraintDegree::new(4), // stack.s4
            TransitionConstraintDegree::new(3), // stack.s5
            TransitionConstraintDegree::new(3), // stack.s6
            TransitionConstraintDegree::new(3), // stack.s7
            TransitionConstraintDegree::new(3), // stack.s8
            TransitionConstraintDegree::new(3), // stack.s9
            TransitionConstraintDegree::new(3), // stack.s10
            TransitionConstraintDegree::new(3), // stack.s11
            TransitionConstraintDegree::new(3), // stack.s12
            TransitionConstraintDegree::new(3), // stack.s13
            TransitionConstraintDegree::new(3), // stack.s14
            TransitionConstraintDegree::new(3), // stack.s15
            TransitionConstraintDegree::with_cycles(3, vec![16]), // sponge0.h0
            TransitionConstraintDegree::with_cycles(3, vec![16]), // sponge0.h1
            TransitionConstraintDegree::with_cycles(3, vec![16]), // sponge0.h2
            TransitionConstraintDegree::with_cycles(3, vec![16]), // sponge0.h3
            TransitionConstraintDegree::new(2), // decoder.a
        ];
        let aux_degrees = vec![
            TransitionConstraintDegree::new(3), // tapes.acc_in
            TransitionConstraintDegree::new(3), // tapes.acc_ct
            TransitionConstraintDegree::new(4), // tapes.acc_out
        ];
        let context =
            AirContext::new_multi_segment(trace_info, degrees, aux_degrees, 41, 6, options);
        EmlAir { context: context.set_num_transition_exemptions(EXEMPT), inputs }
    }

    fn context(&self) -> &AirContext<BaseElement> {
        &self.context
    }

    fn evaluate_transition<E: FieldElement<BaseField = BaseElement>>(
        &self,
        main: &EvaluationFrame<E>,
        periodic: &[E],
        result: &mut [E],
    ) {
        let b4 = main.current()[1];
        let b3 = main.current()[2];
        let b2 = main.current()[3];
        let b1 = main.current()[4];
        let b0 = main.current()[5];
        let k16 = E::from(BaseElement::new(1));
        let none = k16 - b4 - b3;
        let read2 = b4 * b1;
        let a = main.current()[29];
        let smul = a * b2;
        let clk_next = main.next()[0];
        let clk = main.current()[0];
        let depth_next = main.next()[6];
        let depth = main.current()[6];
        let k35 = E::from(BaseElement::new(4));
        let c = b3 - a;
        let left5 = c * b0;
        let opw_next = main.next()[8];
        let group_end = periodic[0];
        let in_group = k16 - group_end;
        let k47 = E::from(BaseElement::new(32));
        let opw = main.current()[8];
        let k50 = E::from(BaseElement::new(16));
        let k52 = E::from(BaseElement::new(8));
        let k57 = E::from(BaseElement::new(2));
        let word = k47 * opw + k50 * b4 + k52 * b3 + k35 * b2 + k57 * b1 + b0;
        let imm_next = main.next()[7];
        let imm = main.current()[7];
        let read = b4 * b0;
        let s0_next = main.next()[13];
        let write2 = left5 * b2;
        let add2 = left5 - write2;
        let t0 = none + add2;
        let mul = a * b0;
        let add = a - mul - smul;
        let s0 = main.current()[13];
        let writes = c * b2;
        let write = writes - write2;
        let sadd = c - left5 - write;
        let s1 = main.current()[14];
        let t1 = add2 + write2;
        let s5 = main.current()[18];
        let push = b4 - read - read2;
        let not_read2 = k16 - read2;
        let s1_next = main.next()[14];
        let t2 = add + mul + write + sadd + smul * s0;
        let s2 = main.current()[15];
        let s6 = main.current()[19];
        let pushes_one = push + read;
        let s2_next = main.next()[15];
        let s3 = main.current()[16];
        let s7 = main.current()[20];
        let s3_next = main.next()[16];
        let s4 = main.current()[17];
        let s8 = main.current()[21];
        let s4_next = main.next()[17];
        let s9 = main.current()[22];
        let k155 = E::from(BaseElement::new(5));
        let s5_next = main.next()[18];
        let pops_one = b3 - left5;
        let s10 = main.current()[23];
        let s6_next = main.next()[19];
        let s11 = main.current()[24];
        let s7_next = main.next()[20];
        let s12 = main.current()[25];
        let s8_next = main.next()[21];
        let s13 = main.current()[26];
        let s9_next = main.next()[22];
        let s14 = main.current()[27];
        let s10_next = main.next()[23];
        let s15 = main.current()[28];
        let s11_next = main.next()[24];
        let s12_next = main.next()[25];
        let s13_next = main.next()[26];
        let s14_next = main.next()[27];
        let s15_next = main.next()[28];
        let sponge0_round = periodic[2];
        let k278 = E::from(BaseElement::new(340282366920938463463374557953744960808));
        let sponge0_0 = main.current()[9];
        let t3 = sponge0_0 * sponge0_0 * sponge0_0;
        let k283 = E::from(BaseElement::new(1080));
        let sponge0_1 = main.current()[10];
        let t4 = sponge0_1 * sponge0_1 * sponge0_1;
        let k289 = E::from(BaseElement::new(340282366920938463463374557953744961147));
        let sponge0_2 = main.current()[11];
        let t5 = sponge0_2 * sponge0_2 * sponge0_2;
        let k295 = E::from(BaseElement::new(40));
        let sponge0_3 = main.current()[12];
        let t6 = sponge0_3 * sponge0_3 * sponge0_3;
        let sponge0_c0 = periodic[3];
        let k303 = E::from(BaseElement::new(18020639985667067681479625318803400939));
        let sponge0_0_next = main.next()[9];
        let sponge0_c4 = periodic[7];
        let t7 = sponge0_0_next - sponge0_c4;
        let k308 = E::from(BaseElement::new(119196285838491236328880430704594968577));
        let sponge0_1_next = main.next()[10];
        let sponge0_c5 = periodic[8];
        let t8 = sponge0_1_next - sponge0_c5;
        let k314 = E::from(BaseElement::new(231409255903369280423951003551679307334));
        let sponge0_2_next = main.next()[11];
        let sponge0_c6 = periodic[9];
        let t9 = sponge0_2_next - sponge0_c6;
        let k320 = E::from(BaseElement::new(311938552114349342492438056332412246225));
        let sponge0_3_next = main.next()[12];
        let sponge0_c7 = periodic[10];
        let t10 = sponge0_3_next - sponge0_c7;
        let t11 = k303 * t7 + k308 * t8 + k314 * t9 + k320 * t10;
        let t12 = k16 - sponge0_round;
        let sponge0_absorb = periodic[1];
        let k337 = E::from(BaseElement::new(340282366920938463463374557953744932377));
        let k339 = E::from(BaseElement::new(42471));
        let k342 = E::from(BaseElement::new(340282366920938463463374557953744947017));
        let k345 = E::from(BaseElement::new(1210));
        let sponge0_c1 = periodic[4];
        let k350 = E::from(BaseElement::new(245698978747161380010236204726851770228));
        let k352 = E::from(BaseElement::new(32113671753878130773768090116517402309));
        let k355 = E::from(BaseElement::new(284248318938217584166130208504515171073));
        let k358 = E::from(BaseElement::new(118503764402619831976614612559605579465));
        let t13 = k350 * t7 + k352 * t8 + k355 * t9 + k358 * t10;
        let k370 = E::from(BaseElement::new(340282366920938463463374557953744079447));
        let k372 = E::from(BaseElement::new(1277640));
        let k375 = E::from(BaseElement::new(340282366920938463463374557953744532108));
        let k378 = E::from(BaseElement::new(33880));
        let sponge0_c2 = periodic[5];
        let k383 = E::from(BaseElement::new(42476948408512208745085164298752800413));
        let k385 = E::from(BaseElement::new(283594571303717652525183978492772054516));
        let k388 = E::from(BaseElement::new(94047455979774690913009073579656179991));
        let k391 = E::from(BaseElement::new(260445758149872374743470899536308888155));
        let t14 = k383 * t7 + k385 * t8 + k388 * t9 + k391 * t10;
        let k401 = E::from(BaseElement::new(340282366920938463463374557953720263017));
        let k403 = E::from(BaseElement::new(35708310));
        let k406 = E::from(BaseElement::new(340282366920938463463374557953733025977));
        let k409 = E::from(BaseElement::new(925771));
        let sponge0_c3 = periodic[6];
        let k414 = E::from(BaseElement::new(12603050626701424572717576220509072651));
        let k416 = E::from(BaseElement::new(250660673575506110946271793719013778251));
        let k419 = E::from(BaseElement::new(113894235293153614657151429548304212092));
        let k422 = E::from(BaseElement::new(303406774346515776750608316419662860081));
        let t15 = k414 * t7 + k416 * t8 + k419 * t9 + k422 * t10;
        // decoder.b4 boolean
        result[0] = b4 * b4 - b4;
        // decoder.b3 boolean
        result[1] = b3 * b3 - b3;
        // decoder.b2 boolean
        result[2] = b2 * b2 - b2;
        // decoder.b1 boolean
        result[3] = b1 * b1 - b1;
        // decoder.b0 boolean
        result[4] = b0 * b0 - b0;
        // decoder.not both shifts
        result[5] = b4 * b3;
        // decoder.noop has no b0
        result[6] = none * b0;
        // decoder.noop has no b1
        result[7] = none * b1;
        // decoder.noop has no b2
        result[8] = none * b2;
        // decoder.no 101xx
        result[9] = b4 * b2;
        // decoder.no 10x11
        result[10] = read2 * b0;
        // decoder.no 01101
        result[11] = smul * b0;
        // system.clk
        result[12] = clk_next - (clk + k16);
        // stack.depth
        result[13] = depth_next - (depth + b4 + k35 * read2 - b3 - k35 * left5);
        // program.opw
        result[14] = opw_next - in_group * word;
        // program.imm
        result[15] = in_group * (imm_next - imm);
        // stack.s0
        result[16] = (k16 - read - read2) * s0_next - ((t0 + add) * s0 + (sadd + write + add + (mul + smul) * s0) * s1 + t1 * s5 + push * imm);
        // stack.s1
        result[17] = not_read2 * s1_next - (t0 * s1 + t2 * s2 + t1 * s6 + pushes_one * s0);
        // stack.s2
        result[18] = not_read2 * s2_next - (t0 * s2 + t2 * s3 + t1 * s7 + pushes_one * s1);
        // stack.s3
        result[19] = not_read2 * s3_next - (t0 * s3 + t2 * s4 + t1 * s8 + pushes_one * s2);
        // stack.s4
        result[20] = not_read2 * s4_next - (t0 * s4 + t2 * s5 + t1 * s9 + pushes_one * s3 + sadd * k155 * s0);
        // stack.s5
        result[21] = s5_next - (none * s5 + pushes_one * s4 + read2 * s0 + pops_one * s6 + left5 * s10);
        // stack.s6
        result[22] = s6_next - (none * s6 + pushes_one * s5 + read2 * s1 + pops_one * s7 + left5 * s11);
        // stack.s7
        result[23] = s7_next - (none * s7 + pushes_one * s6 + read2 * s2 + pops_one * s8 + left5 * s12);
        // stack.s8
        result[24] = s8_next - (none * s8 + pushes_one * s7 + read2 * s3 + pops_one * s9 + left5 * s13);
        // stack.s9
        result[25] = s9_next - (none * s9 + pushes_one * s8 + read2 * s4 + pops_one * s10 + left5 * s14);
        // stack.s10
        result[26] = s10_next - (none * s10 + pushes_one * s9 + read2 * s5 + pops_one * s11 + left5 * s15);
        // stack.s11
        result[27] = s11_next - (none * s11 + pushes_one * s10 + read2 * s6 + pops_one * s12);
        // stack.s12
        result[28] = s12_next - (none * s12 + pushes_one * s11 + read2 * s7 + pops_one * s13);
        // stack.s13
        result[29] = s13_next - (none * s13 + pushes_one * s12 + read2 * s8 + pops_one * s14);
        // stack.s14
        result[30] = s14_next - (none * s14 + pushes_one * s13 + read2 * s9 + pops_one * s15);
        // stack.s15
        result[31] = s15_next - (none * s15 + pushes_one * s14 + read2 * s10);
        // sponge0.h0
        result[32] = sponge0_round * (k278 * t3 + k283 * t4 + k289 * t5 + k295 * t6 + sponge0_c0 - t11 * t11 * t11) + t12 * (sponge0_0_next - sponge0_0) - sponge0_absorb * imm;
        // sponge0.h1
        result[33] = sponge0_round * (k337 * t3 + k339 * t4 + k342 * t5 + k345 * t6 + sponge0_c1 - t13 * t13 * t13) + t12 * (sponge0_1_next - sponge0_1) - sponge0_absorb * word;
        // sponge0.h2
        result[34] = sponge0_round * (k370 * t3 + k372 * t4 + k375 * t5 + k378 * t6 + sponge0_c2 - t14 * t14 * t14) + t12 * (sponge0_2_next - sponge0_2);
        // sponge0.h3
        result[35] = sponge0_round * (k401 * t3 + k403 * t4 + k406 * t5 + k409 * t6 + sponge0_c3 - t15 * t15 * t15) + t12 * (sponge0_3_next - sponge0_3);
        // decoder.a
        result[36] = a - b3 * (k16 - b1);
    }

    fn evaluate_aux_transition<F, E>(
        &self,
        main: &EvaluationFrame<F>,
        aux: &EvaluationFrame<E>,
        _periodic: &[F],
        challenges: &AuxRandElements<E>,
        result: &mut [E],
    ) where
        F: FieldElement<BaseField = BaseElement>,
        E: FieldElement<BaseField = BaseElement> + ExtensionOf<F>,
    {
        let b4 = main.current()[1];
        let b3 = main.current()[2];
        let b2 = main.current()[3];
        let b1 = main.current()[4];
        let b0 = main.current()[5];
        let k16 = F::from(BaseElement::new(1));
        let read2 = b4 * b1;
        let a = main.current()[29];
        let c = b3 - a;
        let left5 = c * b0;
        let read = b4 * b0;
        let s0_next = main.next()[13];
        let write2 = left5 * b2;
        let s0 = main.current()[13];
        let writes = c * b2;
        let write = writes - write2;
        let s1 = main.current()[14];
        let s1_next = main.next()[14];
        let s2 = main.current()[15];
        let s2_next = main.next()[15];
        let s3 = main.current()[16];
        let s3_next = main.next()[16];
        let s4 = main.current()[17];
        let s4_next = main.next()[17];
        let acc_in_next = aux.next()[0];
        let acc_in = aux.current()[0];
        let alpha = challenges.rand_elements()[0];
        let t16 = alpha - E::from(k16);
        let acc_ct_next = aux.next()[1];
        let acc_ct = aux.current()[1];
        let t17 = alpha * alpha * alpha * alpha * alpha - E::from(k16);
        let acc_out_next = aux.next()[2];
        let acc_out = aux.current()[2];
        // tapes.acc_in
        result[0] = acc_in_next - (acc_in + E::from(read) * (t16 * acc_in + E::from(s0_next)));
        // tapes.acc_ct
        result[1] = acc_ct_next - (acc_ct + E::from(read2) * (t17 * acc_ct + (((E::from(s0_next) * alpha + E::from(s1_next)) * alpha + E::from(s2_next)) * alpha + E::from(s3_next)) * alpha + E::from(s4_next)));
        // tapes.acc_out
        result[2] = acc_out_next - (acc_out + E::from(write) * (t16 * acc_out + E::from(s0)) + E::from(write2) * (t17 * acc_out + (((E::from(s0) * alpha + E::from(s1)) * alpha + E::from(s2)) * alpha + E::from(s3)) * alpha + E::from(s4)));
    }

    fn get_assertions(&self) -> Vec<Assertion<BaseElement>> {
        vec![
            Assertion::single(0, 0, BaseElement::ZERO), // clk at 0
            Assertion::single(6, 0, BaseElement::ZERO), // depth at 0
            Assertion::single(8, 0, BaseElement::ZERO), // opw at 0
            Assertion::single(9, 0, BaseElement::ZERO), // sponge0[0] at 0
            Assertion::single(10, 0, BaseElement::ZERO), // sponge0[1] at 0
            Assertion::single(11, 0, BaseElement::ZERO), // sponge0[2] at 0
            Assertion::single(12, 0, BaseElement::ZERO), // sponge0[3] at 0
            Assertion::single(13, 0, BaseElement::ZERO), // s0 at 0
            Assertion::single(14, 0, BaseElement::ZERO), // s1 at 0
            Assertion::single(15, 0, BaseElement::ZERO), // s2 at 0
            Assertion::single(16, 0, BaseElement::ZERO), // s3 at 0
            Assertion::single(17, 0, BaseElement::ZERO), // s4 at 0
            Assertion::single(18, 0, BaseElement::ZERO), // s5 at 0
            Assertion::single(19, 0, BaseElement::ZERO), // s6 at 0
            Assertion::single(20, 0, BaseElement::ZERO), // s7 at 0
            Assertion::single(21, 0, BaseElement::ZERO), // s8 at 0
            Assertion::single(22, 0, BaseElement::ZERO), // s9 at 0
            Assertion::single(23, 0, BaseElement::ZERO), // s10 at 0
            Assertion::single(24, 0, BaseElement::ZERO), // s11 at 0
            Assertion::single(25, 0, BaseElement::ZERO), // s12 at 0
            Assertion::single(26, 0, BaseElement::ZERO), // s13 at 0
            Assertion::single(27, 0, BaseElement::ZERO), // s14 at 0
            Assertion::single(28, 0, BaseElement::ZERO), // s15 at 0
            Assertion::single(13, 48, self.inputs.stack[0]), // s0 at T
            Assertion::single(14, 48, self.inputs.stack[1]), // s1 at T
            Assertion::single(15, 48, self.inputs.stack[2]), // s2 at T
            Assertion::single(16, 48, self.inputs.stack[3]), // s3 at T
            Assertion::single(17, 48, self.inputs.stack[4]), // s4 at T
            Assertion::single(18, 48, self.inputs.stack[5]), // s5 at T
            Assertion::single(19, 48, self.inputs.stack[6]), // s6 at T
            Assertion::single(20, 48, self.inputs.stack[7]), // s7 at T
            Assertion::single(21, 48, self.inputs.stack[8]), // s8 at T
            Assertion::single(22, 48, self.inputs.stack[9]), // s9 at T
            Assertion::single(23, 48, self.inputs.stack[10]), // s10 at T
            Assertion::single(24, 48, self.inputs.stack[11]), // s11 at T
            Assertion::single(25, 48, self.inputs.stack[12]), // s12 at T
            Assertion::single(26, 48, self.inputs.stack[13]), // s13 at T
            Assertion::single(27, 48, self.inputs.stack[14]), // s14 at T
            Assertion::single(28, 48, self.inputs.stack[15]), // s15 at T
            Assertion::single(9, 62, self.inputs.digests[0]), // sponge0[0] at digest row
            Assertion::single(10, 62, self.inputs.digests[1]), // sponge0[1] at digest row
        ]
    }

    fn get_aux_assertions<E: FieldElement<BaseField = BaseElement>>(
        &self,
        challenges: &AuxRandElements<E>,
    ) -> Vec<Assertion<E>> {
        let alpha = challenges.rand_elements()[0];
        vec![
            Assertion::single(0, 0, E::ONE), // acc_in at 0
            Assertion::single(1, 0, E::ONE), // acc_ct at 0
            Assertion::single(2, 0, E::ONE), // acc_out at 0
            Assertion::single(0, 48, horner(&self.inputs.public_tape, alpha)), // acc_in at T
            Assertion::single(1, 48, horner(&self.inputs.secret_tape, alpha)), // acc_ct at T
            Assertion::single(2, 48, horner(&self.inputs.output_tape, alpha)), // acc_out at T
        ]
    }

    fn get_periodic_column_values(&self) -> Vec<Vec<BaseElement>> {
        let columns: &[&[u128]] = &[
            // group_end
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            // sponge0_absorb
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            // sponge0_round
            &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
            // sponge0_c0
            &[252554749905287426032410435339236177993, 242992562558979132725356692446337670218, 254262885370163821084623485726191783139, 134925289027258548508365472694670781908, 289125478451405676337998900307230992347, 88806147481272114692619820444421514468, 295078652738328625131732993422177908851, 212355960719655401151112133350608141156, 246535545714498010355502669126117210625, 30379737549359223786488243446446766973, 186055732619837617570046914087752001702, 100414852229420541724145466241233536391, 81197823229356799292644365664225101911, 30915989239601216080136785371529662463, 0, 0],
            // sponge0_c1
            &[326313117077202227382608658363071725971, 323111873747203350364563034066016472972, 244630091243487942074377043025872238416, 143129342219798203971727336900106145546, 150380234798373118503578886303215289586, 304700557699119246585301177411749419066, 310225988826227175492206819890429911472, 334861330271011001104101243069327615496, 112342531944971796645058733124393941508, 256535737313118438633342733298096741462, 291510259293633339466148466467294184832, 283135891066578111315210050113160136149, 173517215498293659248208316844286432666, 189106292065473123859980813727027305214, 0, 0],
            // sponge0_c2
            &[283436127564251164996053541356642980485, 167854256969530291341842495670018536864, 304150242027274232418240825909989817206, 256223654898024207432846499826346471683, 112645792522461629112483247211125876711, 305393228640902983712889121879772644357, 229694140216567581506612698579342432888, 114987273218437742948286485011847147433, 206935906552041964063932016246986229762, 13655871679538759115242897169354997798, 156593891116260296604857920915516384535, 326504060055957940147837581714532493571, 306085143195055178019159023892318087140, 21088543385967000723713613177008000704, 0, 0],
            // sponge0_c3
            &[148409698559084596343094545913152351005, 66261431183329449572401016560613956112, 28472731445103490784808196409880389309, 31147186782100244372647587606474806379, 14349422390996266495769401955912647925, 161236819399049949062608078730468876565, 6024461837415388340984639392074522557, 299346572414977350269412670517092081201, 335303402285754816036591264246220221463, 253363973060526401423666741515121567068, 116129548136504618117164850160356084413, 166646293299020376357720186197358333021, 40715214845438591101823501649671766417, 136117707900977832229762391977904797990, 0, 0],
            // sponge0_c4
            &[129784633637387118109348657545411451832, 332707503643181957831913123159820045201, 119755787943390712002295837101264640690, 102147260311686449008947017489626036358, 265433461947929523091688102515797359010, 11623924323161638284425097755890320483, 174971522559056730282246944493707705439, 72152171826418673130231459130517351768, 334925895094789316422990446773073311393, 249714211032619846408037334481310851880, 219011051537172400451585089136543096830, 336167580062685375761670820946705832786, 40382657613840957120644301680346007829, 338838747860515573126904718627739111490, 0, 0],
            // sponge0_c5
            &[334721381970987361377153087104020782186, 309431953717330355442665105913755372275, 281506597661283550002516931496480836292, 226358108901936519406611136752297497421, 34639103763714380233747269792456160784, 126290704653152881987149890880912009420, 184429873644341360575372569143525803379, 148069753571804990671521650057633476899, 108333887072772182646372099844591643355, 237063379341638115915427978928338765308, 293495723116265534657859444852644396488, 135900773996623087107557195621759472758, 59655470284994118058435081913180362996, 233220207137347084357953242388702244929, 0, 0],
            // sponge0_c6
            &[256906306164171297257581429422597033315, 200997638640820198206847315341410077181, 300519887407532809019699703173411177603, 277784951628500852597040010728915204379, 274099847563679426470048467000057277742, 164321971104799189713207082253065756234, 172106130068281439730805308027868268865, 318314073996603838332906284599689793644, 236134832215051014416895379687397270708, 198856864913077475563358268410837759958, 27506443760631949181321956878146663691, 247941487216893449028146949238966575419, 278383168781587211622114600298757695213, 283973885625150422291177874970526876720, 0, 0],
            // sponge0_c7
            &[126103441273649638990848377073385978477, 214851145820078726772477610841901771962, 221876949225176456507505419920912685558, 74812516211160484832953917084826478651, 15131952275289278100892381186648210923, 114260190697194069069649025399711832059, 271011430738159773088563793909157184864, 43025894537963204475589357644712683670, 297449264994507974018631187250118491511, 38448680615233864931328658611445367057, 162807279332329907266627497483493840619, 136192418998892393624948720647409976303, 127915200899541531717885467334976942941, 325874450051047835515849454872276760139, 0, 0],
        ];
        columns.iter().map(|c| c.iter().map(|&v| BaseElement::new(v)).collect()).collect()
    }
}

/// (..((alpha + v0) * alpha + v1)..): the leading one binds the length.
fn horner<E: FieldElement<BaseField = BaseElement>>(tape: &[BaseElement], alpha: E) -> E {
    tape.iter().fold(E::ONE, |acc, &value| acc * alpha + E::from(value))
}
