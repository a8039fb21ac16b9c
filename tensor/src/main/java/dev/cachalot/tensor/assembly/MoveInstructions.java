package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.VectorEncoder.NO_IMMEDIATE;

/** Vector loads, stores, copies and broadcasts. */
abstract sealed class MoveInstructions extends MaskInstructions permits IntegerInstructions {
    MoveInstructions(InstructionSet set) {
        super(set);
    }

    public final void vmovups(Vec to, Source from) {
        two(Instruction.VMOVUPS, to, from, NO_IMMEDIATE);
    }

    public final void vmovups(Mem to, Vec from) {
        store(Instruction.VMOVUPS_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovaps(Vec to, Source from) {
        two(Instruction.VMOVAPS, to, from, NO_IMMEDIATE);
    }

    public final void vmovaps(Mem to, Vec from) {
        store(Instruction.VMOVAPS_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu8(Vec to, Source from) {
        two(Instruction.VMOVDQU8, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu8(Mem to, Vec from) {
        store(Instruction.VMOVDQU8_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu16(Vec to, Source from) {
        two(Instruction.VMOVDQU16, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu16(Mem to, Vec from) {
        store(Instruction.VMOVDQU16_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu32(Vec to, Source from) {
        two(Instruction.VMOVDQU32, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu32(Mem to, Vec from) {
        store(Instruction.VMOVDQU32_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu64(Vec to, Source from) {
        two(Instruction.VMOVDQU64, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu64(Mem to, Vec from) {
        store(Instruction.VMOVDQU64_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqa32(Vec to, Source from) {
        two(Instruction.VMOVDQA32, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqa32(Mem to, Vec from) {
        store(Instruction.VMOVDQA32_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqa64(Vec to, Source from) {
        two(Instruction.VMOVDQA64, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqa64(Mem to, Vec from) {
        store(Instruction.VMOVDQA64_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu(Vec to, Source from) {
        two(Instruction.VMOVDQU, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqu(Mem to, Vec from) {
        store(Instruction.VMOVDQU_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqa(Vec to, Source from) {
        two(Instruction.VMOVDQA, to, from, NO_IMMEDIATE);
    }

    public final void vmovdqa(Mem to, Vec from) {
        store(Instruction.VMOVDQA_STORE, to, from, NO_IMMEDIATE);
    }

    /** Past the caches. */
    public final void vmovntps(Mem to, Vec from) {
        store(Instruction.VMOVNTPS, unmasked(to), from, NO_IMMEDIATE);
    }

    /** Past the caches. */
    public final void vmovntdq(Mem to, Vec from) {
        store(Instruction.VMOVNTDQ, unmasked(to), from, NO_IMMEDIATE);
    }

    public final void vmovntdqa(Vec to, Mem from) {
        two(Instruction.VMOVNTDQA, unmasked(to), from, NO_IMMEDIATE);
    }

    public final void vmovss(Vec to, Mem from) {
        two(Instruction.VMOVSS, to, from, NO_IMMEDIATE);
    }

    public final void vmovss(Mem to, Vec from) {
        store(Instruction.VMOVSS_STORE, to, from, NO_IMMEDIATE);
    }

    public final void vmovss(Vec to, Vec upper, Vec lowest) {
        three(Instruction.VMOVSS, to, upper, lowest, NO_IMMEDIATE);
    }

    public final void vmovd(Vec to, Gpr from) {
        two(Instruction.VMOVD, unmasked(to), low(from), NO_IMMEDIATE);
    }

    public final void vmovd(Vec to, Mem from) {
        two(Instruction.VMOVD, unmasked(to), from, NO_IMMEDIATE);
    }

    public final void vmovd(Gpr to, Vec from) {
        store(Instruction.VMOVD_STORE, low(to), from, NO_IMMEDIATE);
    }

    public final void vmovd(Mem to, Vec from) {
        store(Instruction.VMOVD_STORE, unmasked(to), from, NO_IMMEDIATE);
    }

    public final void vmovq(Vec to, Gpr from) {
        two(Instruction.VMOVQ, unmasked(to), low(from), NO_IMMEDIATE);
    }

    public final void vmovq(Gpr to, Vec from) {
        store(Instruction.VMOVQ_STORE, low(to), from, NO_IMMEDIATE);
    }

    public final void vpbroadcastb(Vec to, Source from) {
        two(Instruction.VPBROADCASTB, to, from, NO_IMMEDIATE);
    }

    public final void vpbroadcastb(Vec to, Gpr from) {
        two(Instruction.VPBROADCASTB_GPR, to, low(from), NO_IMMEDIATE);
    }

    public final void vpbroadcastw(Vec to, Source from) {
        two(Instruction.VPBROADCASTW, to, from, NO_IMMEDIATE);
    }

    public final void vpbroadcastw(Vec to, Gpr from) {
        two(Instruction.VPBROADCASTW_GPR, to, low(from), NO_IMMEDIATE);
    }

    public final void vpbroadcastd(Vec to, Source from) {
        two(Instruction.VPBROADCASTD, to, from, NO_IMMEDIATE);
    }

    public final void vpbroadcastd(Vec to, Gpr from) {
        two(Instruction.VPBROADCASTD_GPR, to, low(from), NO_IMMEDIATE);
    }

    public final void vpbroadcastq(Vec to, Source from) {
        two(Instruction.VPBROADCASTQ, to, from, NO_IMMEDIATE);
    }

    public final void vpbroadcastq(Vec to, Gpr from) {
        two(Instruction.VPBROADCASTQ_GPR, to, low(from), NO_IMMEDIATE);
    }

    public final void vbroadcastss(Vec to, Source from) {
        two(Instruction.VBROADCASTSS, to, from, NO_IMMEDIATE);
    }

    public final void vbroadcasti32x4(Vec to, Mem from) {
        two(Instruction.VBROADCASTI32X4, to, from, NO_IMMEDIATE);
    }

    public final void vbroadcastf32x4(Vec to, Mem from) {
        two(Instruction.VBROADCASTF32X4, to, from, NO_IMMEDIATE);
    }

    public final void vbroadcasti32x8(Vec to, Mem from) {
        two(Instruction.VBROADCASTI32X8, to, from, NO_IMMEDIATE);
    }

    public final void vbroadcasti64x4(Vec to, Mem from) {
        two(Instruction.VBROADCASTI64X4, to, from, NO_IMMEDIATE);
    }

    public final void vbroadcastf64x4(Vec to, Mem from) {
        two(Instruction.VBROADCASTF64X4, to, from, NO_IMMEDIATE);
    }

    public final void vbroadcasti128(Vec to, Mem from) {
        two(Instruction.VBROADCASTI128, to, from, NO_IMMEDIATE);
    }

    public final void vbroadcastf128(Vec to, Mem from) {
        two(Instruction.VBROADCASTF128, to, from, NO_IMMEDIATE);
    }
}
