package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.VectorEncoder.NO_IMMEDIATE;

/** Permutations, and conversions between the widths of integers. */
abstract sealed class LaneInstructions extends IntegerInstructions permits FloatInstructions {
    LaneInstructions(InstructionSet set) {
        super(set);
    }

    public final void vpermb(Vec to, Vec a, Source b) {
        three(Instruction.VPERMB, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermw(Vec to, Vec a, Source b) {
        three(Instruction.VPERMW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermd(Vec to, Vec a, Source b) {
        three(Instruction.VPERMD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermps(Vec to, Vec a, Source b) {
        three(Instruction.VPERMPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermi2b(Vec to, Vec a, Source b) {
        three(Instruction.VPERMI2B, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermi2w(Vec to, Vec a, Source b) {
        three(Instruction.VPERMI2W, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermi2d(Vec to, Vec a, Source b) {
        three(Instruction.VPERMI2D, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermt2b(Vec to, Vec a, Source b) {
        three(Instruction.VPERMT2B, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermt2w(Vec to, Vec a, Source b) {
        three(Instruction.VPERMT2W, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermt2d(Vec to, Vec a, Source b) {
        three(Instruction.VPERMT2D, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermi2ps(Vec to, Vec a, Source b) {
        three(Instruction.VPERMI2PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vpermt2ps(Vec to, Vec a, Source b) {
        three(Instruction.VPERMT2PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vpshufb(Vec to, Vec a, Source b) {
        three(Instruction.VPSHUFB, to, a, b, NO_IMMEDIATE);
    }

    public final void vpblendmd(Vec to, Vec a, Source b) {
        three(Instruction.VPBLENDMD, to, a, b, NO_IMMEDIATE);
    }

    public final void vblendmps(Vec to, Vec a, Source b) {
        three(Instruction.VBLENDMPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vunpcklps(Vec to, Vec a, Source b) {
        three(Instruction.VUNPCKLPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vunpckhps(Vec to, Vec a, Source b) {
        three(Instruction.VUNPCKHPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vmovshdup(Vec to, Source from) {
        two(Instruction.VMOVSHDUP, to, from, NO_IMMEDIATE);
    }

    public final void vpermilps(Vec to, Source from, int immediate) {
        two(Instruction.VPERMILPS, to, from, constant(immediate));
    }

    public final void vpermq(Vec to, Source from, int immediate) {
        two(Instruction.VPERMQ, to, from, constant(immediate));
    }

    public final void vpshufd(Vec to, Source from, int immediate) {
        two(Instruction.VPSHUFD, to, from, constant(immediate));
    }

    public final void vshufps(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VSHUFPS, to, a, b, constant(immediate));
    }

    public final void vshuff32x4(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VSHUFF32X4, to, a, b, constant(immediate));
    }

    public final void vshuff64x2(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VSHUFF64X2, to, a, b, constant(immediate));
    }

    public final void vshufi32x4(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VSHUFI32X4, to, a, b, constant(immediate));
    }

    public final void valignd(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VALIGND, to, a, b, constant(immediate));
    }

    public final void vpalignr(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VPALIGNR, to, a, b, constant(immediate));
    }

    public final void vpblendd(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VPBLENDD, to, a, b, constant(immediate));
    }

    public final void vpunpcklbw(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKLBW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpunpcklwd(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKLWD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpunpckldq(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKLDQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpunpcklqdq(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKLQDQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpunpckhbw(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKHBW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpunpckhwd(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKHWD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpunpckhdq(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKHDQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpunpckhqdq(Vec to, Vec a, Source b) {
        three(Instruction.VPUNPCKHQDQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpackssdw(Vec to, Vec a, Source b) {
        three(Instruction.VPACKSSDW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpacksswb(Vec to, Vec a, Source b) {
        three(Instruction.VPACKSSWB, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmovsxbw(Vec to, Source from) {
        two(Instruction.VPMOVSXBW, to, from, NO_IMMEDIATE);
    }

    public final void vpmovsxbd(Vec to, Source from) {
        two(Instruction.VPMOVSXBD, to, from, NO_IMMEDIATE);
    }

    public final void vpmovsxwd(Vec to, Source from) {
        two(Instruction.VPMOVSXWD, to, from, NO_IMMEDIATE);
    }

    public final void vpmovzxbw(Vec to, Source from) {
        two(Instruction.VPMOVZXBW, to, from, NO_IMMEDIATE);
    }

    public final void vpmovzxbd(Vec to, Source from) {
        two(Instruction.VPMOVZXBD, to, from, NO_IMMEDIATE);
    }

    public final void vpmovzxwd(Vec to, Source from) {
        two(Instruction.VPMOVZXWD, to, from, NO_IMMEDIATE);
    }

    public final void vpmovwb(Source to, Vec from) {
        store(Instruction.VPMOVWB, to, from, NO_IMMEDIATE);
    }

    public final void vpmovdb(Source to, Vec from) {
        store(Instruction.VPMOVDB, to, from, NO_IMMEDIATE);
    }

    public final void vpmovdw(Source to, Vec from) {
        store(Instruction.VPMOVDW, to, from, NO_IMMEDIATE);
    }

    public final void vpmovsdb(Source to, Vec from) {
        store(Instruction.VPMOVSDB, to, from, NO_IMMEDIATE);
    }

    public final void vextractf32x4(Source to, Vec from, int immediate) {
        store(Instruction.VEXTRACTF32X4, to, from, constant(immediate));
    }

    public final void vextracti32x4(Source to, Vec from, int immediate) {
        store(Instruction.VEXTRACTI32X4, to, from, constant(immediate));
    }

    public final void vextractf64x4(Source to, Vec from, int immediate) {
        store(Instruction.VEXTRACTF64X4, to, from, constant(immediate));
    }

    public final void vextracti64x4(Source to, Vec from, int immediate) {
        store(Instruction.VEXTRACTI64X4, to, from, constant(immediate));
    }

    public final void vextractf128(Source to, Vec from, int immediate) {
        store(Instruction.VEXTRACTF128, to, from, constant(immediate));
    }

    public final void vextracti128(Source to, Vec from, int immediate) {
        store(Instruction.VEXTRACTI128, to, from, constant(immediate));
    }

    public final void vinsertf32x4(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VINSERTF32X4, to, a, b, constant(immediate));
    }

    public final void vinserti32x4(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VINSERTI32X4, to, a, b, constant(immediate));
    }

    public final void vinsertf64x4(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VINSERTF64X4, to, a, b, constant(immediate));
    }

    public final void vinserti64x4(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VINSERTI64X4, to, a, b, constant(immediate));
    }

    public final void vinsertf128(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VINSERTF128, to, a, b, constant(immediate));
    }

    public final void vinserti128(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VINSERTI128, to, a, b, constant(immediate));
    }
}
