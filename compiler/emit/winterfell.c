/* A Rust file with the constraint set as a `winterfell::Air`, for Winterfell 0.13.1: an independent verifier of the
 * same proofs. Winterfell takes the trace's shape from the proof, `Air::new` cannot fail, and the FRI remainder is not
 * compared with its commitment, so the file also has `verify_checked`, which does all that first. */
#include "compiler/emit/air.h"
#include "runtime/air/expression.h"

static void put_element(eml_buf *out, eml_fe value) {
    char text[EML_FE_DECIMAL_MAX];
    eml_fe_to_decimal(value, text);
    eml_buf_put_text(out, text);
}

/* A column's or periodic column's identifier: brackets become underscores, the next row's cell gets a suffix. */
static void put_identifier(eml_buf *out, const char *name, bool next) {
    for (; *name; name++)
        if (*name != ']') eml_buf_put(out, *name == '[' ? "_" : name, 1);
    if (next) eml_buf_put_text(out, "_next");
}

static void put_leaf(const eml_writer *writer, const eml_node *node) {
    char name[24];
    switch (node->kind) {
    case EML_NODE_CONST: eml_buf_printf(writer->out, "k%zu", (size_t)(node - writer->air->nodes)); return;
    case EML_NODE_PERIODIC: put_identifier(writer->out, writer->air->periodic[node->a].label, false); return;
    case EML_NODE_RANDOM: eml_buf_put_text(writer->out, "alpha"); return;
    default: break;
    }
    eml_column_name(&writer->air->shape, node->kind == EML_NODE_AUX, node->a, name);
    put_identifier(writer->out, name, node->b);
}

/* Where a leaf's value comes from; field is the type parameter of the main trace in the function at hand. */
static void put_source(const eml_writer *writer, const eml_node *node, const char *field) {
    const char *row = node->b ? "next" : "current";
    switch (node->kind) {
    case EML_NODE_CONST:
        eml_buf_printf(writer->out, "%s::from(BaseElement::new(", field);
        put_element(writer->out, node->value);
        eml_buf_put_text(writer->out, "))");
        return;
    case EML_NODE_MAIN: eml_buf_printf(writer->out, "main.%s()[%u]", row, node->a); return;
    case EML_NODE_AUX: eml_buf_printf(writer->out, "aux.%s()[%u]", row, node->a); return;
    case EML_NODE_PERIODIC: eml_buf_printf(writer->out, "periodic[%u]", node->a); return;
    default: eml_buf_printf(writer->out, "challenges.rand_elements()[%u]", node->a); return;
    }
}

/* The body of a transition function: every leaf and shared term that is used, then the results. */
static void print_body(eml_writer *writer, const eml_constraint *list, size_t count, const char *field) {
    eml_writer_reach(writer, list, count);
    for (uint32_t i = 0; i < writer->air->node_count; i++) {
        const eml_node *node = &writer->air->nodes[i];
        if (!writer->reached[i] || (!eml_node_is_leaf(node) && !writer->names[i])) continue;
        eml_buf_put_text(writer->out, "        let ");
        if (eml_node_is_leaf(node)) {
            put_leaf(writer, node);
            eml_buf_put_text(writer->out, " = ");
            put_source(writer, node, field);
        } else {
            eml_buf_printf(writer->out, "%s = ", writer->names[i]);
            eml_writer_put_definition(writer, i);
        }
        eml_buf_put_text(writer->out, ";\n");
    }
    for (size_t i = 0; i < count; i++) {
        eml_buf_printf(writer->out, "        // %s\n        result[%zu] = ", list[i].label, i);
        eml_writer_put(writer, list[i].root);
        eml_buf_put_text(writer->out, ";\n");
    }
}

static void print_transitions(const eml_air *air, eml_buf *out) {
    eml_writer writer;
    eml_writer_init(&writer, air, out);
    writer.leaf = put_leaf;
    eml_buf_put_text(out, "\n    fn evaluate_transition<E: FieldElement<BaseField = BaseElement>>(\n"
                          "        &self,\n        main: &EvaluationFrame<E>,\n        periodic: &[E],\n"
                          "        result: &mut [E],\n    ) {\n");
    print_body(&writer, air->main_constraints, air->main_count, "E");
    eml_buf_put_text(out, "    }\n");
    eml_writer_free(&writer);
}

static void print_aux_transitions(const eml_air *air, eml_buf *out) {
    eml_writer writer;
    eml_writer_init(&writer, air, out);
    writer.leaf = put_leaf;
    writer.lift_open = "E::from(";
    writer.lift_close = ")";
    eml_buf_put_text(out,
                     "\n    fn evaluate_aux_transition<F, E>(\n        &self,\n        main: &EvaluationFrame<F>,\n"
                     "        aux: &EvaluationFrame<E>,\n        ");
    eml_buf_put_text(out, eml_shape_is_committed(&air->shape) ? "periodic" : "_periodic");
    eml_buf_put_text(out, ": &[F],\n"
                          "        challenges: &AuxRandElements<E>,\n        result: &mut [E],\n    ) where\n"
                          "        F: FieldElement<BaseField = BaseElement>,\n"
                          "        E: FieldElement<BaseField = BaseElement> + ExtensionOf<F>,\n    {\n");
    print_body(&writer, air->aux_constraints, air->aux_count, "F");
    eml_buf_put_text(out, "    }\n");
    eml_writer_free(&writer);
}

static void print_degrees(const char *name, const eml_constraint *list, size_t count, eml_buf *out) {
    eml_buf_printf(out, "        let %s = vec![\n", name);
    for (size_t i = 0; i < count; i++) {
        eml_degree degree = list[i].degree;
        if (degree.cycle)
            eml_buf_printf(out, "            TransitionConstraintDegree::with_cycles(%u, vec![%u]),", degree.base,
                           degree.cycle);
        else
            eml_buf_printf(out, "            TransitionConstraintDegree::new(%u),", degree.base);
        eml_buf_printf(out, " // %s\n", list[i].label);
    }
    eml_buf_put_text(out, "        ];\n");
}

static void print_value(const eml_assertion *assertion, eml_buf *out) {
    const char *field = assertion->auxiliary ? "E" : "BaseElement";
    switch (assertion->claim) {
    case EML_CLAIM_ZERO: eml_buf_printf(out, "%s::ZERO", field); return;
    case EML_CLAIM_ONE: eml_buf_printf(out, "%s::ONE", field); return;
    case EML_CLAIM_STACK: eml_buf_printf(out, "self.inputs.stack[%u]", assertion->index); return;
    case EML_CLAIM_DIGEST: eml_buf_printf(out, "self.inputs.digests[%u]", assertion->index); return;
    case EML_CLAIM_ACC_IN: eml_buf_put_text(out, "horner(&self.inputs.public_tape, alpha)"); return;
    case EML_CLAIM_ACC_CT: eml_buf_put_text(out, "horner(&self.inputs.secret_tape, alpha)"); return;
    case EML_CLAIM_ACC_OUT: eml_buf_put_text(out, "horner(&self.inputs.output_tape, alpha)"); return;
    case EML_CLAIM_COMMITTED: eml_buf_put_text(out, "BaseElement::new(COMMITTED as u128)"); return;
    case EML_CLAIM_SCHEMA: eml_buf_printf(out, "BaseElement::new(SCHEMA[%u])", assertion->index); return;
    case EML_CLAIM_COMMITMENT: eml_buf_printf(out, "self.inputs.commitment[%u]", assertion->index); return;
    }
}

static void print_assertions(const eml_air *air, bool auxiliary, eml_buf *out) {
    for (size_t i = 0; i < air->assertion_count; i++) {
        const eml_assertion *assertion = &air->assertions[i];
        if (assertion->auxiliary != auxiliary) continue;
        eml_buf_printf(out, "            Assertion::single(%u, %u, ", assertion->column, assertion->row);
        print_value(assertion, out);
        eml_buf_printf(out, "), // %s\n", assertion->label);
    }
}

static void print_periodic(const eml_air *air, eml_buf *out) {
    eml_buf_put_text(out, "\n    fn get_periodic_column_values(&self) -> Vec<Vec<BaseElement>> {\n"
                          "        let columns: &[&[u128]] = &[\n");
    for (size_t i = 0; i < air->periodic_count; i++) {
        const eml_periodic *column = &air->periodic[i];
        eml_buf_printf(out, "            // %s\n            &[", column->label);
        for (uint32_t row = 0; row < column->cycle; row++) {
            if (row) eml_buf_put_text(out, ", ");
            put_element(out, column->values[row]);
        }
        eml_buf_put_text(out, "],\n");
    }
    eml_buf_put_text(out, "        ];\n        columns.iter().map(|c| c.iter().map(|&v| BaseElement::new(v)).collect())"
                          ".collect()\n    }\n");
}

static void print_head(const eml_air *air, eml_buf *out) {
    const eml_shape *shape = &air->shape;
    bool aux = air->aux_count > 0;
    eml_buf_put_text(
        out,
        "//! The constraint set of one eml program shape as a `winterfell::Air` (winterfell 0.13.1), made by eml.\n"
        "//!\n"
        "//! Check proofs with [`verify_checked`]: Winterfell itself takes the shape of the trace from the proof.\n\n"
        "use std::panic::{catch_unwind, AssertUnwindSafe};\n\n"
        "use winterfell::{\n"
        "    crypto::{hashers::Blake3_256, DefaultRandomCoin, ElementHasher, MerkleTree},\n"
        "    math::{\n");
    eml_buf_printf(out,
                   "        fields::{f128::BaseElement, QuadExtension},\n        %sFieldElement, ToElements,\n    },\n",
                   aux ? "ExtensionOf, " : "");
    eml_buf_printf(
        out,
        "    AcceptableOptions, Air, AirContext, Assertion, %sEvaluationFrame, FieldExtension, Proof, ProofOptions,\n"
        "    TraceInfo, TransitionConstraintDegree, VerifierError,\n};\n\n",
        aux ? "AuxRandElements, " : "");
    eml_buf_printf(out, "/// Rows of the trace.\npub const TRACE_LENGTH: usize = %u;\n", shape->n);
    eml_buf_printf(out, "/// Columns of the main trace.\npub const MAIN_WIDTH: usize = %u;\n", air->columns.width);
    eml_buf_printf(out, "/// Columns of the auxiliary trace.\npub const AUX_WIDTH: usize = %u;\n",
                   air->columns.aux_width);
    eml_buf_printf(out, "/// Challenges drawn for the auxiliary trace.\npub const AUX_CHALLENGES: usize = %u;\n",
                   air->random_count);
    eml_buf_printf(out, "/// Program sponges.\npub const SPONGES: usize = %u;\n", shape->S);
    eml_buf_printf(out, "/// Stack registers.\npub const STACK: usize = %u;\n", shape->W);
    eml_buf_printf(out, "/// Values on the public tape.\npub const PUBLIC_LEN: usize = %llu;\n",
                   (unsigned long long)shape->public_len);
    eml_buf_printf(out,
                   "/// Ciphertexts, of five elements each, on the secret tape.\npub const SECRET_LEN: usize = %llu;\n",
                   (unsigned long long)shape->secret_len);
    eml_buf_printf(out, "/// Elements on the output tape.\npub const OUTPUT_LEN: usize = %llu;\n",
                   (unsigned long long)shape->output_len);
    eml_buf_put_text(out, "/// Factor of the scalar in SADD.\npub const DELTA: u128 = ");
    put_element(out, shape->delta);
    eml_buf_printf(
        out,
        ";\n/// 0: transparent. 1: hidden, proofs are zero-knowledge.\npub const FORM: usize = %u;\n"
        "/// Last rows on which transition constraints need not hold. The form decides them, and nobody else: with "
        "more of them a program's\n/// maker could end the transitions before its outputs.\n"
        "pub const EXEMPT: usize = if FORM == 0 { 2 } else { %u };\n"
        "/// The auxiliary trace's last columns, which are random.\n"
        "pub const MASKS: usize = if FORM == 0 { 0 } else { 2 };\n"
        "/// Values read of the committed tape: all of them once for each output.\npub const COMMITTED_LEN: usize = "
        "%llu;\n"
        "/// How often each is read.\npub const READS_OF_EACH: usize = if OUTPUT_LEN > 0 { OUTPUT_LEN } else { 1 };\n"
        "/// How many there are.\npub const COMMITTED: usize = COMMITTED_LEN / READS_OF_EACH;\n"
        "/// Digest of what the committed tape means.\npub const SCHEMA: [u128; 2] = [",
        shape->form, (unsigned)EML_HIDDEN_EXEMPT, (unsigned long long)shape->committed_len);
    put_element(out, shape->schema[0]);
    eml_buf_put_text(out, ", ");
    put_element(out, shape->schema[1]);
    eml_buf_printf(out,
                   "];\n/// Transition constraints and assertions, as a proof's context counts them.\n"
                   "pub const NUM_CONSTRAINTS: usize = %zu;\n",
                   air->main_count + air->aux_count + air->assertion_count);
}

static void print_inputs(eml_buf *out) {
    eml_buf_put_text(
        out, "\n/// The statement that a proof makes.\n"
             "#[derive(Clone, Debug)]\n"
             "pub struct PublicInputs {\n"
             "    /// Sponge digests that the program hash covers: two elements a sponge.\n"
             "    pub digests: [BaseElement; 2 * SPONGES],\n"
             "    /// What the committed tape is bound to; zeros without one.\n"
             "    pub commitment: [BaseElement; 2],\n"
             "    /// Final stack, top first.\n"
             "    pub stack: [BaseElement; STACK],\n"
             "    /// `PUBLIC_LEN` values.\n"
             "    pub public_tape: Vec<BaseElement>,\n"
             "    /// `5 * SECRET_LEN` elements: mask0 to mask3 and body of each ciphertext.\n"
             "    pub secret_tape: Vec<BaseElement>,\n"
             "    /// `OUTPUT_LEN` elements.\n"
             "    pub output_tape: Vec<BaseElement>,\n"
             "}\n\n"
             "impl PublicInputs {\n"
             "    /// Whether the tapes have the lengths of this program shape.\n"
             "    pub fn has_shape(&self) -> bool {\n"
             "        self.public_tape.len() == PUBLIC_LEN\n"
             "            && self.secret_tape.len() == 5 * SECRET_LEN\n"
             "            && self.output_tape.len() == OUTPUT_LEN\n"
             "            && (COMMITTED_LEN > 0 || self.commitment == [BaseElement::ZERO; 2])\n"
             "    }\n"
             "}\n\n"
             "impl ToElements<BaseElement> for PublicInputs {\n"
             "    fn to_elements(&self) -> Vec<BaseElement> {\n"
             "        let shape =\n"
             "            [TRACE_LENGTH, SPONGES, STACK, PUBLIC_LEN, SECRET_LEN, OUTPUT_LEN, COMMITTED_LEN, FORM];\n"
             "        let mut elements: Vec<_> = shape.iter().map(|&v| BaseElement::new(v as u128)).collect();\n"
             "        elements.push(BaseElement::new(DELTA));\n"
             "        elements.extend_from_slice(&self.digests);\n"
             "        elements.extend(SCHEMA.map(BaseElement::new));\n"
             "        elements.extend_from_slice(&self.commitment);\n"
             "        elements.extend([BaseElement::ZERO; 2]); // context: reserved\n"
             "        elements.extend_from_slice(&self.stack);\n"
             "        elements.extend_from_slice(&self.public_tape);\n"
             "        elements.extend_from_slice(&self.secret_tape);\n"
             "        elements.extend_from_slice(&self.output_tape);\n"
             "        elements\n"
             "    }\n"
             "}\n");
}

static void print_checked(eml_buf *out) {
    eml_buf_printf(
        out,
        "\nconst HIDDEN_LENGTH_MIN: usize = %u;\nconst HIDDEN_LENGTH_MAX: usize = %u;\nconst HIDDEN_TAIL: usize "
        "= %u;\n",
        (unsigned)EML_HIDDEN_N_MIN, (unsigned)EML_HIDDEN_N_MAX, (unsigned)EML_HIDDEN_TAIL);
    eml_buf_put_text(
        out,
        "\n/// The only shape of trace that this constraint set is for.\n"
        "pub fn expected_trace_info() -> TraceInfo {\n"
        "    TraceInfo::new_multi_segment(MAIN_WIDTH, AUX_WIDTH, AUX_CHALLENGES, TRACE_LENGTH, Vec::new())\n"
        "}\n\n"
        "/// Why [`verify_checked`] refused.\n"
        "#[derive(Debug)]\n"
        "pub enum Refusal {\n"
        "    /// The program shape is none that this version defines: its form, a committed tape, a schema, or what "
        "its form "
        "does not allow.\n"
        "    Undefined,\n"
        "    /// The tapes of the statement do not have the lengths of this program shape.\n"
        "    WrongStatement,\n"
        "    /// The bytes are not exactly one proof.\n"
        "    Malformed,\n"
        "    /// The proof is for a trace of another shape or for another number of constraints.\n"
        "    WrongShape,\n"
        "    /// The FRI remainder is not the committed one.\n"
        "    WrongRemainder,\n"
        "    /// Winterfell's verifier panicked, which it does on some malformed proofs.\n"
        "    Panicked,\n"
        "    /// Winterfell's verifier refused.\n"
        "    Rejected(VerifierError),\n"
        "}\n\n"
        "/// Verifies a proof from an untrusted source: compares its shape before Winterfell acts on it, and turns "
        "panics\n"
        "/// into refusals (in builds that unwind). Allow only option sets that you trust.\n"
        "pub fn verify_checked(proof: &[u8], inputs: PublicInputs, options: &AcceptableOptions) -> Result<(), Refusal> "
        "{\n"
        "    if !is_defined() {\n"
        "        return Err(Refusal::Undefined);\n"
        "    }\n"
        "    if !inputs.has_shape() {\n"
        "        return Err(Refusal::WrongStatement);\n"
        "    }\n"
        "    catch_unwind(AssertUnwindSafe(|| verify_inner(proof, inputs, "
        "options))).unwrap_or(Err(Refusal::Panicked))\n"
        "}\n\n"
        "fn is_defined() -> bool {\n"
        "    TRACE_LENGTH.is_power_of_two()\n"
        "        && (FORM == 0 || is_hidden())\n"
        "        && (if COMMITTED_LEN == 0 { SCHEMA == [0, 0] } else { is_committed() })\n"
        "}\n\n"
        "/// Some tape and no ciphertexts, and a length for which the masks are known to suffice.\n"
        "fn is_hidden() -> bool {\n"
        "    FORM == 1 && SECRET_LEN == 0 && PUBLIC_LEN + OUTPUT_LEN + COMMITTED_LEN > 0 && "
        "matches!(TRACE_LENGTH, HIDDEN_LENGTH_MIN..=HIDDEN_LENGTH_MAX)\n"
        "}\n\n"
        "/// Hidden, and the commitment stands where transitions are enforced: otherwise any would verify.\n"
        "fn is_committed() -> bool {\n"
        "    let code_rows = TRACE_LENGTH.saturating_sub(HIDDEN_TAIL);\n"
        "    FORM == 1\n        && COMMITTED_LEN <= code_rows\n        && COMMITTED_LEN % READS_OF_EACH == 0\n"
        "        && 16 * (2 + COMMITTED.div_ceil(2)) <= code_rows\n"
        "}\n\n"
        "fn verify_inner(bytes: &[u8], inputs: PublicInputs, options: &AcceptableOptions) -> Result<(), Refusal> {\n"
        "    let proof = Proof::from_bytes(bytes).map_err(|_| Refusal::Malformed)?;\n"
        "    if *proof.trace_info() != expected_trace_info() || proof.context.num_constraints() != NUM_CONSTRAINTS {\n"
        "        return Err(Refusal::WrongShape);\n"
        "    }\n"
        "    if proof.to_bytes() != bytes {\n"
        "        return Err(Refusal::Malformed);\n"
        "    }\n"
        "    if !remainder_is_committed(&proof) {\n"
        "        return Err(Refusal::WrongRemainder);\n"
        "    }\n"
        "    winterfell::verify::<EmlAir, Hash, DefaultRandomCoin<Hash>, MerkleTree<Hash>>(proof, inputs, options)\n"
        "        .map_err(Refusal::Rejected)\n"
        "}\n\n"
        "type Hash = Blake3_256<BaseElement>;\n\n"
        "/// Winterfell 0.13.1 does not compare the FRI remainder with its commitment. A prover that may choose it "
        "after it has seen\n"
        "/// the queries can prove anything, so this check is not optional.\n"
        "fn remainder_is_committed(proof: &Proof) -> bool {\n"
        "    let layers = proof.options().to_fri_options().num_fri_layers(proof.lde_domain_size());\n"
        "    let segments = proof.trace_info().num_segments();\n"
        "    let Ok((_, _, fri)) = proof.commitments.clone().parse::<Hash>(segments, layers) else { return false };\n"
        "    let sent = match proof.options().field_extension() {\n"
        "        FieldExtension::None => proof.fri_proof.parse_remainder().map(|r| "
        "Hash::hash_elements::<BaseElement>(&r)),\n"
        "        FieldExtension::Quadratic => {\n"
        "            proof.fri_proof.parse_remainder().map(|r| Hash::hash_elements::<QuadExtension<BaseElement>>(&r))\n"
        "        }\n"
        "        FieldExtension::Cubic => return false,\n"
        "    };\n"
        "    sent.is_ok_and(|digest| fri.last() == Some(&digest))\n"
        "}\n");
}

static void print_new(const eml_air *air, eml_buf *out) {
    eml_buf_put_text(out, "\n/// The constraint set.\npub struct EmlAir {\n    context: AirContext<BaseElement>,\n"
                          "    inputs: PublicInputs,\n}\n\n"
                          "impl Air for EmlAir {\n    type BaseField = BaseElement;\n"
                          "    type PublicInputs = PublicInputs;\n\n"
                          "    /// Panics when the trace or the tapes have another shape: see [`verify_checked`].\n"
                          "    fn new(trace_info: TraceInfo, inputs: PublicInputs, options: ProofOptions) -> Self {\n"
                          "        assert!(trace_info == expected_trace_info(), \"trace of another shape\");\n"
                          "        assert!(inputs.has_shape(), \"tapes of another shape\");\n");
    print_degrees("degrees", air->main_constraints, air->main_count, out);
    if (air->aux_count > 0) print_degrees("aux_degrees", air->aux_constraints, air->aux_count, out);
    if (air->aux_count > 0)
        eml_buf_printf(
            out,
            "        let context =\n            AirContext::new_multi_segment(trace_info, degrees, aux_degrees, "
            "%zu, %zu, options);\n",
            air->main_assertion_count, air->assertion_count - air->main_assertion_count);
    else
        eml_buf_printf(out, "        let context = AirContext::new(trace_info, degrees, %zu, options);\n",
                       air->main_assertion_count);
    eml_buf_put_text(out, "        EmlAir { context: context.set_num_transition_exemptions(EXEMPT), inputs }\n    }\n\n"
                          "    fn context(&self) -> &AirContext<BaseElement> {\n        &self.context\n    }\n");
}

static void print_boundary(const eml_air *air, eml_buf *out) {
    eml_buf_put_text(out, "\n    fn get_assertions(&self) -> Vec<Assertion<BaseElement>> {\n        vec![\n");
    print_assertions(air, false, out);
    eml_buf_put_text(out, "        ]\n    }\n");
    if (air->aux_count == 0) return;
    eml_buf_put_text(out, "\n    fn get_aux_assertions<E: FieldElement<BaseField = BaseElement>>(\n        &self,\n"
                          "        challenges: &AuxRandElements<E>,\n    ) -> Vec<Assertion<E>> {\n"
                          "        let alpha = challenges.rand_elements()[0];\n        vec![\n");
    print_assertions(air, true, out);
    eml_buf_put_text(out, "        ]\n    }\n");
}

void eml_air_print_winterfell(const eml_air *air, eml_buf *out) {
    print_head(air, out);
    print_inputs(out);
    print_checked(out);
    print_new(air, out);
    print_transitions(air, out);
    if (air->aux_count > 0) print_aux_transitions(air, out);
    print_boundary(air, out);
    print_periodic(air, out);
    eml_buf_put_text(out, "}\n");
    if (air->aux_count > 0)
        eml_buf_put_text(out,
                         "\n/// (..((alpha + v0) * alpha + v1)..): the leading one binds the length.\n"
                         "fn horner<E: FieldElement<BaseField = BaseElement>>(tape: &[BaseElement], alpha: E) -> E {\n"
                         "    tape.iter().fold(E::ONE, |acc, &value| acc * alpha + E::from(value))\n}\n");
}
