package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.VectorEncoder.NO_IMMEDIATE;

/** Integer arithmetic, logic and shifts in vectors. */
abstract sealed class IntegerInstructions extends MoveInstructions permits LaneInstructions {
    IntegerInstructions(InstructionSet set) {
        super(set);
    }

    public final void vpdpbusd(Vec to, Vec a, Source b) {
        three(Instruction.VPDPBUSD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpdpbusds(Vec to, Vec a, Source b) {
        three(Instruction.VPDPBUSDS, to, a, b, NO_IMMEDIATE);
    }

    public final void vpdpwssd(Vec to, Vec a, Source b) {
        three(Instruction.VPDPWSSD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpdpwssds(Vec to, Vec a, Source b) {
        three(Instruction.VPDPWSSDS, to, a, b, NO_IMMEDIATE);
    }

    public final void vpand(Vec to, Vec a, Source b) {
        three(Instruction.VPAND, to, a, b, NO_IMMEDIATE);
    }

    public final void vpandn(Vec to, Vec a, Source b) {
        three(Instruction.VPANDN, to, a, b, NO_IMMEDIATE);
    }

    public final void vpor(Vec to, Vec a, Source b) {
        three(Instruction.VPOR, to, a, b, NO_IMMEDIATE);
    }

    public final void vpxor(Vec to, Vec a, Source b) {
        three(Instruction.VPXOR, to, a, b, NO_IMMEDIATE);
    }

    public final void vpandd(Vec to, Vec a, Source b) {
        three(Instruction.VPANDD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpandq(Vec to, Vec a, Source b) {
        three(Instruction.VPANDQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpandnd(Vec to, Vec a, Source b) {
        three(Instruction.VPANDND, to, a, b, NO_IMMEDIATE);
    }

    public final void vpandnq(Vec to, Vec a, Source b) {
        three(Instruction.VPANDNQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpord(Vec to, Vec a, Source b) {
        three(Instruction.VPORD, to, a, b, NO_IMMEDIATE);
    }

    public final void vporq(Vec to, Vec a, Source b) {
        three(Instruction.VPORQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpxord(Vec to, Vec a, Source b) {
        three(Instruction.VPXORD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpxorq(Vec to, Vec a, Source b) {
        three(Instruction.VPXORQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpternlogd(Vec to, Vec a, Source b, int immediate) {
        three(Instruction.VPTERNLOGD, to, a, b, constant(immediate));
    }

    public final void vpaddb(Vec to, Vec a, Source b) {
        three(Instruction.VPADDB, to, a, b, NO_IMMEDIATE);
    }

    public final void vpaddw(Vec to, Vec a, Source b) {
        three(Instruction.VPADDW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpaddd(Vec to, Vec a, Source b) {
        three(Instruction.VPADDD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpaddq(Vec to, Vec a, Source b) {
        three(Instruction.VPADDQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpaddsw(Vec to, Vec a, Source b) {
        three(Instruction.VPADDSW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsubb(Vec to, Vec a, Source b) {
        three(Instruction.VPSUBB, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsubw(Vec to, Vec a, Source b) {
        three(Instruction.VPSUBW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsubd(Vec to, Vec a, Source b) {
        three(Instruction.VPSUBD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsubq(Vec to, Vec a, Source b) {
        three(Instruction.VPSUBQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsubsw(Vec to, Vec a, Source b) {
        three(Instruction.VPSUBSW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmulld(Vec to, Vec a, Source b) {
        three(Instruction.VPMULLD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmullw(Vec to, Vec a, Source b) {
        three(Instruction.VPMULLW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmulhrsw(Vec to, Vec a, Source b) {
        three(Instruction.VPMULHRSW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmaddubsw(Vec to, Vec a, Source b) {
        three(Instruction.VPMADDUBSW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmaddwd(Vec to, Vec a, Source b) {
        three(Instruction.VPMADDWD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmaxsd(Vec to, Vec a, Source b) {
        three(Instruction.VPMAXSD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpminsd(Vec to, Vec a, Source b) {
        three(Instruction.VPMINSD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpabsb(Vec to, Source from) {
        two(Instruction.VPABSB, to, from, NO_IMMEDIATE);
    }

    public final void vpabsw(Vec to, Source from) {
        two(Instruction.VPABSW, to, from, NO_IMMEDIATE);
    }

    public final void vpabsd(Vec to, Source from) {
        two(Instruction.VPABSD, to, from, NO_IMMEDIATE);
    }

    public final void vpsignb(Vec to, Vec a, Source b) {
        three(Instruction.VPSIGNB, to, a, b, NO_IMMEDIATE);
    }

    /** All bits of the bytes that are equal; AVX-512's form writes a mask and is not this one. */
    public final void vpcmpeqb(Vec to, Vec a, Source b) {
        three(Instruction.VPCMPEQB, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsrlw(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTW, 2, to, from, count);
    }

    public final void vpsraw(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTW, 4, to, from, count);
    }

    public final void vpsllw(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTW, 6, to, from, count);
    }

    public final void vpsrld(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTD, 2, to, from, count);
    }

    public final void vpsrad(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTD, 4, to, from, count);
    }

    public final void vpslld(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTD, 6, to, from, count);
    }

    public final void vpsrlq(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTQ, 2, to, from, count);
    }

    public final void vpsllq(Vec to, Vec from, int count) {
        shift(Instruction.VPSHIFTQ, 6, to, from, count);
    }

    public final void vpsrlvd(Vec to, Vec a, Source b) {
        three(Instruction.VPSRLVD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsravd(Vec to, Vec a, Source b) {
        three(Instruction.VPSRAVD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsllvd(Vec to, Vec a, Source b) {
        three(Instruction.VPSLLVD, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsrlvw(Vec to, Vec a, Source b) {
        three(Instruction.VPSRLVW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsllvw(Vec to, Vec a, Source b) {
        three(Instruction.VPSLLVW, to, a, b, NO_IMMEDIATE);
    }

    public final void vpsrlvq(Vec to, Vec a, Source b) {
        three(Instruction.VPSRLVQ, to, a, b, NO_IMMEDIATE);
    }

    public final void vpmultishiftqb(Vec to, Vec a, Source b) {
        three(Instruction.VPMULTISHIFTQB, to, a, b, NO_IMMEDIATE);
    }

    public final void vpcmpd(Mask to, Vec a, Source b, int predicate) {
        compare(Instruction.VPCMPD, to, Mask.K0, a, b, predicate);
    }
}
