package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.VectorEncoder.NO_IMMEDIATE;

/** Arithmetic and conversions of floats in vectors. */
abstract sealed class FloatInstructions extends LaneInstructions permits Assembler {
    FloatInstructions(InstructionSet set) {
        super(set);
    }

    public final void vaddps(Vec to, Vec a, Source b) {
        three(Instruction.VADDPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vsubps(Vec to, Vec a, Source b) {
        three(Instruction.VSUBPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vmulps(Vec to, Vec a, Source b) {
        three(Instruction.VMULPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vdivps(Vec to, Vec a, Source b) {
        three(Instruction.VDIVPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vmaxps(Vec to, Vec a, Source b) {
        three(Instruction.VMAXPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vminps(Vec to, Vec a, Source b) {
        three(Instruction.VMINPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vxorps(Vec to, Vec a, Source b) {
        three(Instruction.VXORPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vandps(Vec to, Vec a, Source b) {
        three(Instruction.VANDPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vscalefps(Vec to, Vec a, Source b) {
        three(Instruction.VSCALEFPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfmadd132ps(Vec to, Vec a, Source b) {
        three(Instruction.VFMADD132PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfmadd213ps(Vec to, Vec a, Source b) {
        three(Instruction.VFMADD213PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfmadd231ps(Vec to, Vec a, Source b) {
        three(Instruction.VFMADD231PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfnmadd132ps(Vec to, Vec a, Source b) {
        three(Instruction.VFNMADD132PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfnmadd213ps(Vec to, Vec a, Source b) {
        three(Instruction.VFNMADD213PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfnmadd231ps(Vec to, Vec a, Source b) {
        three(Instruction.VFNMADD231PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfmsub231ps(Vec to, Vec a, Source b) {
        three(Instruction.VFMSUB231PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vhaddps(Vec to, Vec a, Source b) {
        three(Instruction.VHADDPS, to, a, b, NO_IMMEDIATE);
    }

    public final void vaddss(Vec to, Vec a, Source b) {
        three(Instruction.VADDSS, to, a, b, NO_IMMEDIATE);
    }

    public final void vsubss(Vec to, Vec a, Source b) {
        three(Instruction.VSUBSS, to, a, b, NO_IMMEDIATE);
    }

    public final void vmulss(Vec to, Vec a, Source b) {
        three(Instruction.VMULSS, to, a, b, NO_IMMEDIATE);
    }

    public final void vdivss(Vec to, Vec a, Source b) {
        three(Instruction.VDIVSS, to, a, b, NO_IMMEDIATE);
    }

    public final void vmaxss(Vec to, Vec a, Source b) {
        three(Instruction.VMAXSS, to, a, b, NO_IMMEDIATE);
    }

    public final void vminss(Vec to, Vec a, Source b) {
        three(Instruction.VMINSS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfmadd213ss(Vec to, Vec a, Source b) {
        three(Instruction.VFMADD213SS, to, a, b, NO_IMMEDIATE);
    }

    public final void vfmadd231ss(Vec to, Vec a, Source b) {
        three(Instruction.VFMADD231SS, to, a, b, NO_IMMEDIATE);
    }

    public final void vcvtne2ps2bf16(Vec to, Vec a, Source b) {
        three(Instruction.VCVTNE2PS2BF16, to, a, b, NO_IMMEDIATE);
    }

    public final void vdpbf16ps(Vec to, Vec a, Source b) {
        three(Instruction.VDPBF16PS, to, a, b, NO_IMMEDIATE);
    }

    public final void vsqrtps(Vec to, Source from) {
        two(Instruction.VSQRTPS, to, from, NO_IMMEDIATE);
    }

    public final void vrcp14ps(Vec to, Source from) {
        two(Instruction.VRCP14PS, to, from, NO_IMMEDIATE);
    }

    public final void vrsqrt14ps(Vec to, Source from) {
        two(Instruction.VRSQRT14PS, to, from, NO_IMMEDIATE);
    }

    public final void vgetexpps(Vec to, Source from) {
        two(Instruction.VGETEXPPS, to, from, NO_IMMEDIATE);
    }

    public final void vcvtdq2ps(Vec to, Source from) {
        two(Instruction.VCVTDQ2PS, to, from, NO_IMMEDIATE);
    }

    public final void vcvtps2dq(Vec to, Source from) {
        two(Instruction.VCVTPS2DQ, to, from, NO_IMMEDIATE);
    }

    public final void vcvttps2dq(Vec to, Source from) {
        two(Instruction.VCVTTPS2DQ, to, from, NO_IMMEDIATE);
    }

    public final void vcvtph2ps(Vec to, Source from) {
        two(Instruction.VCVTPH2PS, to, from, NO_IMMEDIATE);
    }

    public final void vcvtps2ph(Source to, Vec from, int immediate) {
        store(Instruction.VCVTPS2PH, to, from, constant(immediate));
    }

    public final void vrndscaleps(Vec to, Source from, int immediate) {
        two(Instruction.VRNDSCALEPS, to, from, constant(immediate));
    }

    public final void vreduceps(Vec to, Source from, int immediate) {
        two(Instruction.VREDUCEPS, to, from, constant(immediate));
    }

    public final void vroundps(Vec to, Source from, int immediate) {
        two(Instruction.VROUNDPS, to, from, constant(immediate));
    }

    /** From memory only to a ymm register; an xmm would leave open how much is read. */
    public final void vcvtneps2bf16(Vec to, Source from) {
        narrow(Instruction.VCVTNEPS2BF16, to, from);
    }

    public final void vcmpps(Mask to, Vec a, Source b, int predicate) {
        compare(Instruction.VCMPPS, to, Mask.K0, a, b, predicate);
    }

    /** Lanes outside of {@code under} give 0. */
    public final void vcmpps(Mask to, Mask under, Vec a, Source b, int predicate) {
        compare(Instruction.VCMPPS, to, under, a, b, predicate);
    }
}
