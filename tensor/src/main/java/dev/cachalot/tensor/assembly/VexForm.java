package dev.cachalot.tensor.assembly;

/** When an instruction is written with a VEX prefix. */
enum VexForm {
    /** It has none. */
    NEVER,
    /** Whenever its operands allow. */
    SHORTER,
    /** In code for AVX2 only: its VEX form is AVX-VNNI's, which few AVX-512 CPUs have. */
    AVX_VNNI,
    /** It has no EVEX form. */
    ONLY
}
