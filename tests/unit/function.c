/* Functions rounded once: what is exact, what is refused, and that nothing of the host's shows. (Digits against mpmath:
 * tests/e2e/test_functions.py.) */
#include <fenv.h>
#include <string.h>

#include "runtime/function/enclose.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

#ifdef __SSE2__
#include <xmmintrin.h>
#endif

typedef struct numbers {
    mpq_t x, unit, lo, hi;
    mpz_t k;
} numbers;

static void open_numbers(numbers *n) {
    mpq_inits(n->x, n->unit, n->lo, n->hi, NULL);
    mpz_init(n->k);
}

static void close_numbers(numbers *n) {
    mpz_clear(n->k);
    mpq_clears(n->x, n->unit, n->lo, n->hi, NULL);
}

static void set(mpq_t out, const char *text) {
    assert_int_equal(mpq_set_str(out, text, 10), 0);
    mpq_canonicalize(out);
}

static void assert_round(eml_function function, const char *x, const char *unit, const char *wanted) {
    numbers n;
    eml_error err = {0};
    open_numbers(&n);
    set(n.x, x);
    set(n.unit, unit);
    if (eml_function_round(function, n.x, n.unit, n.k, &err) != EML_OK)
        fail_msg("%s(%s): %s", eml_function_name(function), x, err.text);
    char *text = mpz_get_str(NULL, 10, n.k);
    assert_string_equal(text, wanted);
    free(text);
    close_numbers(&n);
}

static void exact(void **state) {
    (void)state;
    assert_round(EML_FUNCTION_SQRT, "0", "1", "0");
    assert_round(EML_FUNCTION_SQRT, "2", "1", "1");
    assert_round(EML_FUNCTION_SQRT, "9/4", "1", "2"); /* 1.5, a tie */
    assert_round(EML_FUNCTION_SQRT, "9/4", "3", "1"); /* half a unit */
    assert_round(EML_FUNCTION_SQRT, "2249999/1000000", "1", "1");
    assert_round(EML_FUNCTION_SQRT, "1/9", "2/3", "1");
    assert_round(EML_FUNCTION_LOG, "1", "1/1000", "0");
    assert_round(EML_FUNCTION_LOG1P, "0", "1/1000", "0");
    assert_round(EML_FUNCTION_EXPM1, "0", "1/1000", "0");
    assert_round(EML_FUNCTION_EXP, "0", "2", "1"); /* half a unit: away from 0 */
    assert_round(EML_FUNCTION_EXP, "0", "1/1000", "1000");
    assert_round(EML_FUNCTION_LOGISTIC, "0", "1", "1");
    assert_round(EML_FUNCTION_LOGISTIC, "0", "1/10", "5");
    assert_round(EML_FUNCTION_PROBIT, "0", "1/10", "5");
    assert_round(EML_FUNCTION_PROBIT, "0", "1", "1");
}

static void far_away(void **state) {
    (void)state;
    assert_round(EML_FUNCTION_EXP, "-1000000000", "1/1000000", "0");
    assert_round(EML_FUNCTION_EXPM1, "-1000000000", "1/1000000", "-1000000");
    assert_round(EML_FUNCTION_LOGISTIC, "1000000000", "1/1000000", "1000000");
    assert_round(EML_FUNCTION_LOGISTIC, "-1000000000", "1/1000000", "0");
    assert_round(EML_FUNCTION_PROBIT, "40", "1/1000000", "1000000");
    assert_round(EML_FUNCTION_PROBIT, "-1000000", "1/1000000", "0");
    assert_round(EML_FUNCTION_CLOGLOG, "100", "1/1000000", "1000000");
    assert_round(EML_FUNCTION_CLOGLOG, "-100", "1/1000000", "0");
    assert_round(EML_FUNCTION_LOG, "1/1000000000000000000000000000000", "1/1000", "-69078");
    assert_round(EML_FUNCTION_LOG1P, "-999999999999999999999/1000000000000000000000", "1/1000", "-48354");
}

static void assert_refused(eml_function function, const char *x, const char *unit, const char *says) {
    numbers n;
    eml_error err = {0};
    open_numbers(&n);
    set(n.x, x);
    set(n.unit, unit);
    mpz_set_ui(n.k, 7);
    assert_int_equal(eml_function_round(function, n.x, n.unit, n.k, &err), EML_ERR_INPUT);
    if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    assert_int_equal(mpz_get_ui(n.k), 7);
    close_numbers(&n);
}

static void refused(void **state) {
    (void)state;
    assert_refused(EML_FUNCTION_SQRT, "-1/1000", "1", "sqrt of a number below 0");
    assert_refused(EML_FUNCTION_LOG, "0", "1", "log of a number that is not above 0");
    assert_refused(EML_FUNCTION_LOG, "-1", "1", "log of a number that is not above 0");
    assert_refused(EML_FUNCTION_LOG1P, "-1", "1", "log1p of a number that is not above -1");
    assert_refused(EML_FUNCTION_EXP, "2801", "1", "exp of a number above 2800");
    assert_refused(EML_FUNCTION_EXPM1, "1000000000000", "1", "expm1 of a number above 2800");
    assert_refused(EML_FUNCTION_EXP, "2800", "1/1000000000000000000000000000000", "exp is too large for its unit");
    /* As near to a tie as nobody looks. */
    assert_refused(EML_FUNCTION_LOGISTIC, "50000", "2", "logistic: 1024 bits do not decide");
    assert_refused(EML_FUNCTION_PROBIT, "100", "2", "probit: 1024 bits do not decide");
}

static void softmax(void **state) {
    (void)state;
    mpq_t x[3], unit;
    mpz_t k;
    mpz_init(k);
    mpq_init(unit);
    for (int i = 0; i < 3; i++) mpq_init(x[i]);
    set(unit, "1/1000");
    for (int i = 0; i < 3; i++) set(x[i], "5/7");
    assert_int_equal(eml_function_softmax_round(1, (const mpq_t *)x, 3, unit, k, NULL), EML_OK);
    assert_int_equal(mpz_get_si(k), 333);
    assert_int_equal(eml_function_softmax_round(0, (const mpq_t *)x, 2, unit, k, NULL), EML_OK);
    assert_int_equal(mpz_get_si(k), 500);
    set(x[0], "1000000");
    set(x[1], "999999");
    set(x[2], "-1000000000000");
    static const long wanted[] = {731, 269, 0}; /* 1 / (1 + 1/e) */
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(eml_function_softmax_round(i, (const mpq_t *)x, 3, unit, k, NULL), EML_OK);
        assert_int_equal(mpz_get_si(k), wanted[i]);
    }
    for (int i = 0; i < 3; i++) mpq_clear(x[i]);
    mpq_clear(unit);
    mpz_clear(k);
}

/* The same digits whatever the host does, and the host's settings afterwards. */
static void host_settings(void **state) {
    (void)state;
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    const mpfr_exp_t least = mpfr_get_emin(), most = mpfr_get_emax();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(fesetround(modes[i]), 0);
#ifdef __SSE2__
        unsigned control = _mm_getcsr();
        _mm_setcsr(control | 0x8040); /* flush to zero, denormals are zero */
#endif
#if defined(__i386__) || defined(__x86_64__)
        unsigned short x87 = (unsigned short)(0x007f | modes[i]); /* single precision */
        __asm__ volatile("fldcw %0" : : "m"(x87));
#endif
        mpfr_set_emin(-10);
        mpfr_set_emax(10);
        mpfr_set_default_prec(2);
        mpfr_set_default_rounding_mode(MPFR_RNDU);
        mpfr_set_overflow();
        assert_round(EML_FUNCTION_EXP, "-700",
                     "1/100000000000000000000000000000000000000000000000000000000000000000000000000000000", "0");
        assert_round(EML_FUNCTION_LOG, "2", "1/1000000000000000000000000000000", "693147180559945309417232121458");
        assert_round(EML_FUNCTION_PROBIT, "-3", "1/100000000000000000000", "134989803163009453");
        assert_int_equal(mpfr_get_emin(), -10);
        assert_int_equal(mpfr_get_emax(), 10);
        assert_int_equal(mpfr_get_default_prec(), 2);
        assert_true(mpfr_overflow_p());
        assert_int_equal(fegetround(), modes[i]);
#ifdef __SSE2__
        _mm_setcsr(control);
#endif
    }
    mpfr_set_emin(least);
    mpfr_set_emax(most);
    mpfr_clear_flags();
    fesetenv(FE_DFL_ENV);
    mpfr_free_cache();
}

/* Ranges hold what is inside, and a slope is no less than that of a chord. */
static void ranges(void **state) {
    (void)state;
    numbers a, b;
    mpq_t low, high, value, slope;
    open_numbers(&a);
    open_numbers(&b);
    mpq_inits(low, high, value, slope, NULL);
    for (int i = 0; i < 4000; i++) {
        eml_function function = (eml_function)(test_random() % EML_FUNCTION_COUNT);
        bool positive = function == EML_FUNCTION_SQRT || function == EML_FUNCTION_LOG;
        for (int end = 0; end < 2; end++) {
            mpq_ptr x = end ? b.x : a.x;
            mpq_set_ui(x, 1 + (unsigned long)(test_random() % 100000), 1 + (unsigned long)(test_random() % 5000));
            if (!positive && (test_random() % 2)) mpq_neg(x, x);
            if (function == EML_FUNCTION_LOG1P && mpq_cmp_si(x, -1, 1) <= 0) mpq_inv(x, x), mpq_div_2exp(x, x, 1);
            mpq_canonicalize(x);
        }
        if (mpq_cmp(a.x, b.x) > 0) mpq_swap(a.x, b.x);
        set(a.unit, "1/10000000000000000000000000000000000000000");
        bool grows = function == EML_FUNCTION_EXP || function == EML_FUNCTION_EXPM1;
        if (grows && mpq_cmp_ui(b.x, 2700, 1) > 0) continue; /* too large for that unit */
        if (eml_function_range(function, a.x, b.x, low, high, NULL) != EML_OK) continue;
        assert_int_equal(eml_function_slope(function, a.x, b.x, slope, NULL), EML_OK);
        assert_int_equal(eml_function_round(function, a.x, a.unit, a.k, NULL), EML_OK);
        assert_int_equal(eml_function_round(function, b.x, a.unit, b.k, NULL), EML_OK);
        mpq_set_z(a.lo, a.k);
        mpq_mul(a.lo, a.lo, a.unit);
        mpq_set_z(b.hi, b.k);
        mpq_mul(b.hi, b.hi, a.unit);
        mpq_sub(low, low, a.unit);
        mpq_add(high, high, a.unit);
        assert_true(mpq_cmp(low, a.lo) <= 0 && mpq_cmp(a.lo, b.hi) <= 0 && mpq_cmp(b.hi, high) <= 0);
        mpq_sub(value, b.hi, a.lo); /* <= slope (b - a) + a unit */
        mpq_sub(low, b.x, a.x);
        mpq_mul(low, low, slope);
        mpq_add(low, low, a.unit);
        if (mpq_cmp(value, low) > 0) fail_msg("%s: a slope that is too small", eml_function_name(function));
    }
    mpq_clears(low, high, value, slope, NULL);
    close_numbers(&a);
    close_numbers(&b);
}

static void no_slope(void **state) {
    (void)state;
    numbers n;
    eml_error err = {0};
    open_numbers(&n);
    set(n.hi, "4");
    assert_int_equal(eml_function_slope(EML_FUNCTION_SQRT, n.lo, n.hi, n.x, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "infinitely steep"));
    assert_int_equal(eml_function_range(EML_FUNCTION_SQRT, n.lo, n.hi, n.x, n.unit, &err), EML_OK);
    assert_true(mpq_sgn(n.x) == 0 && mpq_cmp_ui(n.unit, 2, 1) == 0);
    close_numbers(&n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact),    cmocka_unit_test(far_away),      cmocka_unit_test(refused),
        cmocka_unit_test(softmax),  cmocka_unit_test(host_settings), cmocka_unit_test(ranges),
        cmocka_unit_test(no_slope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
