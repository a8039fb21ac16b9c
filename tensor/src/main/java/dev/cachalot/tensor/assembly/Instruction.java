package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.Instruction.OpcodeMap.M0F;
import static dev.cachalot.tensor.assembly.Instruction.OpcodeMap.M38;
import static dev.cachalot.tensor.assembly.Instruction.OpcodeMap.M3A;
import static dev.cachalot.tensor.assembly.Instruction.Prefix.P0;
import static dev.cachalot.tensor.assembly.Instruction.Prefix.P66;
import static dev.cachalot.tensor.assembly.Instruction.Prefix.PF2;
import static dev.cachalot.tensor.assembly.Instruction.Prefix.PF3;
import static dev.cachalot.tensor.assembly.Tuple.EIGHT;
import static dev.cachalot.tensor.assembly.Tuple.FOUR;
import static dev.cachalot.tensor.assembly.Tuple.FULL;
import static dev.cachalot.tensor.assembly.Tuple.FULL_MEM;
import static dev.cachalot.tensor.assembly.Tuple.HALF_MEM;
import static dev.cachalot.tensor.assembly.Tuple.QUARTER_MEM;
import static dev.cachalot.tensor.assembly.Tuple.SCALAR;
import static dev.cachalot.tensor.assembly.VexForm.AVX_VNNI;
import static dev.cachalot.tensor.assembly.VexForm.NEVER;
import static dev.cachalot.tensor.assembly.VexForm.ONLY;
import static dev.cachalot.tensor.assembly.VexForm.SHORTER;
import static dev.cachalot.tensor.assembly.Widths.ALL;
import static dev.cachalot.tensor.assembly.Widths.AVX;
import static dev.cachalot.tensor.assembly.Widths.WIDE;
import static dev.cachalot.tensor.assembly.Widths.XMM;
import static dev.cachalot.tensor.assembly.Widths.YMM;
import static dev.cachalot.tensor.assembly.Widths.ZMM;

import java.util.Locale;

/**
 * The vector instructions: what Intel's manual (volume 2) says of each one's encoding. A store is a
 * line of its own where its opcode differs from the load's.
 */
enum Instruction {
    VMOVUPS(P0, M0F, 0, 0, 0x10, FULL_MEM, 4, SHORTER, ALL),
    VMOVUPS_STORE(P0, M0F, 0, 0, 0x11, FULL_MEM, 4, SHORTER, ALL),
    VMOVAPS(P0, M0F, 0, 0, 0x28, FULL_MEM, 4, SHORTER, ALL),
    VMOVAPS_STORE(P0, M0F, 0, 0, 0x29, FULL_MEM, 4, SHORTER, ALL),
    VMOVDQU8(PF2, M0F, 0, 0, 0x6F, FULL_MEM, 1, NEVER, ALL),
    VMOVDQU8_STORE(PF2, M0F, 0, 0, 0x7F, FULL_MEM, 1, NEVER, ALL),
    VMOVDQU16(PF2, M0F, 1, 0, 0x6F, FULL_MEM, 2, NEVER, ALL),
    VMOVDQU16_STORE(PF2, M0F, 1, 0, 0x7F, FULL_MEM, 2, NEVER, ALL),
    VMOVDQU32(PF3, M0F, 0, 0, 0x6F, FULL_MEM, 4, NEVER, ALL),
    VMOVDQU32_STORE(PF3, M0F, 0, 0, 0x7F, FULL_MEM, 4, NEVER, ALL),
    VMOVDQU64(PF3, M0F, 1, 0, 0x6F, FULL_MEM, 8, NEVER, ALL),
    VMOVDQU64_STORE(PF3, M0F, 1, 0, 0x7F, FULL_MEM, 8, NEVER, ALL),
    VMOVDQA32(P66, M0F, 0, 0, 0x6F, FULL_MEM, 4, NEVER, ALL),
    VMOVDQA32_STORE(P66, M0F, 0, 0, 0x7F, FULL_MEM, 4, NEVER, ALL),
    VMOVDQA64(P66, M0F, 1, 0, 0x6F, FULL_MEM, 8, NEVER, ALL),
    VMOVDQA64_STORE(P66, M0F, 1, 0, 0x7F, FULL_MEM, 8, NEVER, ALL),
    VMOVDQU(PF3, M0F, 0, 0, 0x6F, FULL_MEM, 1, ONLY, AVX),
    VMOVDQU_STORE(PF3, M0F, 0, 0, 0x7F, FULL_MEM, 1, ONLY, AVX),
    VMOVDQA(P66, M0F, 0, 0, 0x6F, FULL_MEM, 1, ONLY, AVX),
    VMOVDQA_STORE(P66, M0F, 0, 0, 0x7F, FULL_MEM, 1, ONLY, AVX),
    VMOVNTPS(P0, M0F, 0, 0, 0x2B, FULL_MEM, 4, SHORTER, ALL),
    VMOVNTDQ(P66, M0F, 0, 0, 0xE7, FULL_MEM, 4, SHORTER, ALL),
    VMOVNTDQA(P66, M38, 0, 0, 0x2A, FULL_MEM, 4, SHORTER, ALL),
    VMOVSS(PF3, M0F, 0, 0, 0x10, SCALAR, 4, SHORTER, XMM),
    VMOVSS_STORE(PF3, M0F, 0, 0, 0x11, SCALAR, 4, SHORTER, XMM),
    VMOVD(P66, M0F, 0, 0, 0x6E, SCALAR, 4, SHORTER, XMM),
    VMOVD_STORE(P66, M0F, 0, 0, 0x7E, SCALAR, 4, SHORTER, XMM),
    VMOVQ(P66, M0F, 1, 1, 0x6E, SCALAR, 8, SHORTER, XMM),
    VMOVQ_STORE(P66, M0F, 1, 1, 0x7E, SCALAR, 8, SHORTER, XMM),
    VPBROADCASTB(P66, M38, 0, 0, 0x78, SCALAR, 1, SHORTER, ALL),
    VPBROADCASTW(P66, M38, 0, 0, 0x79, SCALAR, 2, SHORTER, ALL),
    VPBROADCASTD(P66, M38, 0, 0, 0x58, SCALAR, 4, SHORTER, ALL),
    VPBROADCASTQ(P66, M38, 1, 0, 0x59, SCALAR, 8, SHORTER, ALL),
    VPBROADCASTB_GPR(P66, M38, 0, 0, 0x7A, SCALAR, 1, NEVER, ALL),
    VPBROADCASTW_GPR(P66, M38, 0, 0, 0x7B, SCALAR, 2, NEVER, ALL),
    VPBROADCASTD_GPR(P66, M38, 0, 0, 0x7C, SCALAR, 4, NEVER, ALL),
    VPBROADCASTQ_GPR(P66, M38, 1, 0, 0x7C, SCALAR, 8, NEVER, ALL),
    VBROADCASTSS(P66, M38, 0, 0, 0x18, SCALAR, 4, SHORTER, ALL),
    VBROADCASTI32X4(P66, M38, 0, 0, 0x5A, FOUR, 4, NEVER, WIDE),
    VBROADCASTF32X4(P66, M38, 0, 0, 0x1A, FOUR, 4, NEVER, WIDE),
    VBROADCASTI32X8(P66, M38, 0, 0, 0x5B, EIGHT, 4, NEVER, ZMM),
    VBROADCASTI64X4(P66, M38, 1, 0, 0x5B, FOUR, 8, NEVER, ZMM),
    VBROADCASTF64X4(P66, M38, 1, 0, 0x1B, FOUR, 8, NEVER, ZMM),
    VBROADCASTI128(P66, M38, 0, 0, 0x5A, FOUR, 4, ONLY, YMM),
    VBROADCASTF128(P66, M38, 0, 0, 0x1A, FOUR, 4, ONLY, YMM),

    VPDPBUSD(P66, M38, 0, 0, 0x50, FULL, 4, AVX_VNNI, ALL),
    VPDPBUSDS(P66, M38, 0, 0, 0x51, FULL, 4, AVX_VNNI, ALL),
    VPDPWSSD(P66, M38, 0, 0, 0x52, FULL, 4, AVX_VNNI, ALL),
    VPDPWSSDS(P66, M38, 0, 0, 0x53, FULL, 4, AVX_VNNI, ALL),
    VPAND(P66, M0F, 0, 0, 0xDB, FULL_MEM, 1, ONLY, AVX),
    VPANDN(P66, M0F, 0, 0, 0xDF, FULL_MEM, 1, ONLY, AVX),
    VPOR(P66, M0F, 0, 0, 0xEB, FULL_MEM, 1, ONLY, AVX),
    VPXOR(P66, M0F, 0, 0, 0xEF, FULL_MEM, 1, ONLY, AVX),
    VPANDD(P66, M0F, 0, 0, 0xDB, FULL, 4, NEVER, ALL),
    VPANDQ(P66, M0F, 1, 0, 0xDB, FULL, 8, NEVER, ALL),
    VPANDND(P66, M0F, 0, 0, 0xDF, FULL, 4, NEVER, ALL),
    VPANDNQ(P66, M0F, 1, 0, 0xDF, FULL, 8, NEVER, ALL),
    VPORD(P66, M0F, 0, 0, 0xEB, FULL, 4, NEVER, ALL),
    VPORQ(P66, M0F, 1, 0, 0xEB, FULL, 8, NEVER, ALL),
    VPXORD(P66, M0F, 0, 0, 0xEF, FULL, 4, NEVER, ALL),
    VPXORQ(P66, M0F, 1, 0, 0xEF, FULL, 8, NEVER, ALL),
    VPTERNLOGD(P66, M3A, 0, 0, 0x25, FULL, 4, NEVER, ALL),
    VPADDB(P66, M0F, 0, 0, 0xFC, FULL_MEM, 1, SHORTER, ALL),
    VPADDW(P66, M0F, 0, 0, 0xFD, FULL_MEM, 2, SHORTER, ALL),
    VPADDD(P66, M0F, 0, 0, 0xFE, FULL, 4, SHORTER, ALL),
    VPADDQ(P66, M0F, 1, 0, 0xD4, FULL, 8, SHORTER, ALL),
    VPADDSW(P66, M0F, 0, 0, 0xED, FULL_MEM, 2, SHORTER, ALL),
    VPSUBB(P66, M0F, 0, 0, 0xF8, FULL_MEM, 1, SHORTER, ALL),
    VPSUBW(P66, M0F, 0, 0, 0xF9, FULL_MEM, 2, SHORTER, ALL),
    VPSUBD(P66, M0F, 0, 0, 0xFA, FULL, 4, SHORTER, ALL),
    VPSUBQ(P66, M0F, 1, 0, 0xFB, FULL, 8, SHORTER, ALL),
    VPSUBSW(P66, M0F, 0, 0, 0xE9, FULL_MEM, 2, SHORTER, ALL),
    VPMULLD(P66, M38, 0, 0, 0x40, FULL, 4, SHORTER, ALL),
    VPMULLW(P66, M0F, 0, 0, 0xD5, FULL_MEM, 2, SHORTER, ALL),
    VPMULHRSW(P66, M38, 0, 0, 0x0B, FULL_MEM, 2, SHORTER, ALL),
    VPMADDUBSW(P66, M38, 0, 0, 0x04, FULL_MEM, 1, SHORTER, ALL),
    VPMADDWD(P66, M0F, 0, 0, 0xF5, FULL_MEM, 2, SHORTER, ALL),
    VPMAXSD(P66, M38, 0, 0, 0x3D, FULL, 4, SHORTER, ALL),
    VPMINSD(P66, M38, 0, 0, 0x39, FULL, 4, SHORTER, ALL),
    VPABSB(P66, M38, 0, 0, 0x1C, FULL_MEM, 1, SHORTER, ALL),
    VPABSW(P66, M38, 0, 0, 0x1D, FULL_MEM, 2, SHORTER, ALL),
    VPABSD(P66, M38, 0, 0, 0x1E, FULL, 4, SHORTER, ALL),
    VPSIGNB(P66, M38, 0, 0, 0x08, FULL_MEM, 1, ONLY, AVX),
    VPCMPEQB(P66, M0F, 0, 0, 0x74, FULL_MEM, 1, ONLY, AVX),
    VPSHIFTW(P66, M0F, 0, 0, 0x71, FULL_MEM, 2, SHORTER, ALL),
    VPSHIFTD(P66, M0F, 0, 0, 0x72, FULL, 4, SHORTER, ALL),
    VPSHIFTQ(P66, M0F, 1, 0, 0x73, FULL, 8, SHORTER, ALL),
    VPSRLVD(P66, M38, 0, 0, 0x45, FULL, 4, SHORTER, ALL),
    VPSRAVD(P66, M38, 0, 0, 0x46, FULL, 4, SHORTER, ALL),
    VPSLLVD(P66, M38, 0, 0, 0x47, FULL, 4, SHORTER, ALL),
    VPSRLVW(P66, M38, 1, 0, 0x10, FULL_MEM, 2, NEVER, ALL),
    VPSLLVW(P66, M38, 1, 0, 0x12, FULL_MEM, 2, NEVER, ALL),
    VPSRLVQ(P66, M38, 1, 1, 0x45, FULL, 8, SHORTER, ALL),
    VPCMPD(P66, M3A, 0, 0, 0x1F, FULL, 4, NEVER, ALL),
    VPMULTISHIFTQB(P66, M38, 1, 0, 0x83, FULL, 8, NEVER, ALL),

    VPERMB(P66, M38, 0, 0, 0x8D, FULL_MEM, 1, NEVER, ALL),
    VPERMW(P66, M38, 1, 0, 0x8D, FULL_MEM, 2, NEVER, ALL),
    VPERMD(P66, M38, 0, 0, 0x36, FULL, 4, SHORTER, WIDE),
    VPERMPS(P66, M38, 0, 0, 0x16, FULL, 4, SHORTER, WIDE),
    VPERMQ(P66, M3A, 1, 1, 0x00, FULL, 8, SHORTER, WIDE),
    VPERMI2B(P66, M38, 0, 0, 0x75, FULL_MEM, 1, NEVER, ALL),
    VPERMI2W(P66, M38, 1, 0, 0x75, FULL_MEM, 2, NEVER, ALL),
    VPERMI2D(P66, M38, 0, 0, 0x76, FULL, 4, NEVER, ALL),
    VPERMT2B(P66, M38, 0, 0, 0x7D, FULL_MEM, 1, NEVER, ALL),
    VPERMT2D(P66, M38, 0, 0, 0x7E, FULL, 4, NEVER, ALL),
    VPSHUFB(P66, M38, 0, 0, 0x00, FULL_MEM, 1, SHORTER, ALL),
    VPSHUFD(P66, M0F, 0, 0, 0x70, FULL, 4, SHORTER, ALL),
    VSHUFPS(P0, M0F, 0, 0, 0xC6, FULL, 4, SHORTER, ALL),
    VSHUFF32X4(P66, M3A, 0, 0, 0x23, FULL, 4, NEVER, WIDE),
    VSHUFF64X2(P66, M3A, 1, 0, 0x23, FULL, 8, NEVER, WIDE),
    VSHUFI32X4(P66, M3A, 0, 0, 0x43, FULL, 4, NEVER, WIDE),
    VALIGND(P66, M3A, 0, 0, 0x03, FULL, 4, NEVER, ALL),
    VPALIGNR(P66, M3A, 0, 0, 0x0F, FULL_MEM, 1, SHORTER, ALL),
    VPERMT2W(P66, M38, 1, 0, 0x7D, FULL_MEM, 2, NEVER, ALL),
    VPERMI2PS(P66, M38, 0, 0, 0x77, FULL, 4, NEVER, ALL),
    VPERMT2PS(P66, M38, 0, 0, 0x7F, FULL, 4, NEVER, ALL),
    VPERMILPS(P66, M3A, 0, 0, 0x04, FULL, 4, SHORTER, ALL),
    VMOVSHDUP(PF3, M0F, 0, 0, 0x16, FULL_MEM, 4, SHORTER, ALL),
    VUNPCKLPS(P0, M0F, 0, 0, 0x14, FULL, 4, SHORTER, ALL),
    VUNPCKHPS(P0, M0F, 0, 0, 0x15, FULL, 4, SHORTER, ALL),
    VPBLENDMD(P66, M38, 0, 0, 0x64, FULL, 4, NEVER, ALL),
    VBLENDMPS(P66, M38, 0, 0, 0x65, FULL, 4, NEVER, ALL),
    VPBLENDD(P66, M3A, 0, 0, 0x02, FULL_MEM, 4, ONLY, AVX),
    VPUNPCKLBW(P66, M0F, 0, 0, 0x60, FULL_MEM, 1, SHORTER, ALL),
    VPUNPCKLWD(P66, M0F, 0, 0, 0x61, FULL_MEM, 2, SHORTER, ALL),
    VPUNPCKLDQ(P66, M0F, 0, 0, 0x62, FULL, 4, SHORTER, ALL),
    VPUNPCKLQDQ(P66, M0F, 1, 0, 0x6C, FULL, 8, SHORTER, ALL),
    VPUNPCKHBW(P66, M0F, 0, 0, 0x68, FULL_MEM, 1, SHORTER, ALL),
    VPUNPCKHWD(P66, M0F, 0, 0, 0x69, FULL_MEM, 2, SHORTER, ALL),
    VPUNPCKHDQ(P66, M0F, 0, 0, 0x6A, FULL, 4, SHORTER, ALL),
    VPUNPCKHQDQ(P66, M0F, 1, 0, 0x6D, FULL, 8, SHORTER, ALL),
    VPACKSSDW(P66, M0F, 0, 0, 0x6B, FULL, 4, SHORTER, ALL),
    VPACKSSWB(P66, M0F, 0, 0, 0x63, FULL_MEM, 2, SHORTER, ALL),
    VPMOVSXBW(P66, M38, 0, 0, 0x20, HALF_MEM, 2, SHORTER, ALL),
    VPMOVSXBD(P66, M38, 0, 0, 0x21, QUARTER_MEM, 4, SHORTER, ALL),
    VPMOVSXWD(P66, M38, 0, 0, 0x23, HALF_MEM, 4, SHORTER, ALL),
    VPMOVZXBW(P66, M38, 0, 0, 0x30, HALF_MEM, 2, SHORTER, ALL),
    VPMOVZXBD(P66, M38, 0, 0, 0x31, QUARTER_MEM, 4, SHORTER, ALL),
    VPMOVZXWD(P66, M38, 0, 0, 0x33, HALF_MEM, 4, SHORTER, ALL),
    VPMOVWB(PF3, M38, 0, 0, 0x30, HALF_MEM, 2, NEVER, ALL),
    VPMOVDB(PF3, M38, 0, 0, 0x31, QUARTER_MEM, 4, NEVER, ALL),
    VPMOVDW(PF3, M38, 0, 0, 0x33, HALF_MEM, 4, NEVER, ALL),
    VPMOVSDB(PF3, M38, 0, 0, 0x21, QUARTER_MEM, 4, NEVER, ALL),
    VEXTRACTF32X4(P66, M3A, 0, 0, 0x19, FOUR, 4, NEVER, WIDE),
    VEXTRACTI32X4(P66, M3A, 0, 0, 0x39, FOUR, 4, NEVER, WIDE),
    VEXTRACTF64X4(P66, M3A, 1, 0, 0x1B, FOUR, 8, NEVER, ZMM),
    VEXTRACTI64X4(P66, M3A, 1, 0, 0x3B, FOUR, 8, NEVER, ZMM),
    VEXTRACTF128(P66, M3A, 0, 0, 0x19, FOUR, 4, ONLY, YMM),
    VEXTRACTI128(P66, M3A, 0, 0, 0x39, FOUR, 4, ONLY, YMM),
    VINSERTF32X4(P66, M3A, 0, 0, 0x18, FOUR, 4, NEVER, WIDE),
    VINSERTI32X4(P66, M3A, 0, 0, 0x38, FOUR, 4, NEVER, WIDE),
    VINSERTF64X4(P66, M3A, 1, 0, 0x1A, FOUR, 8, NEVER, ZMM),
    VINSERTI64X4(P66, M3A, 1, 0, 0x3A, FOUR, 8, NEVER, ZMM),
    VINSERTF128(P66, M3A, 0, 0, 0x18, FOUR, 4, ONLY, YMM),
    VINSERTI128(P66, M3A, 0, 0, 0x38, FOUR, 4, ONLY, YMM),

    VADDPS(P0, M0F, 0, 0, 0x58, FULL, 4, SHORTER, ALL),
    VSUBPS(P0, M0F, 0, 0, 0x5C, FULL, 4, SHORTER, ALL),
    VMULPS(P0, M0F, 0, 0, 0x59, FULL, 4, SHORTER, ALL),
    VDIVPS(P0, M0F, 0, 0, 0x5E, FULL, 4, SHORTER, ALL),
    VMAXPS(P0, M0F, 0, 0, 0x5F, FULL, 4, SHORTER, ALL),
    VMINPS(P0, M0F, 0, 0, 0x5D, FULL, 4, SHORTER, ALL),
    VSQRTPS(P0, M0F, 0, 0, 0x51, FULL, 4, SHORTER, ALL),
    VXORPS(P0, M0F, 0, 0, 0x57, FULL, 4, SHORTER, ALL),
    VANDPS(P0, M0F, 0, 0, 0x54, FULL, 4, SHORTER, ALL),
    VFMADD132PS(P66, M38, 0, 0, 0x98, FULL, 4, SHORTER, ALL),
    VFMADD213PS(P66, M38, 0, 0, 0xA8, FULL, 4, SHORTER, ALL),
    VFMADD231PS(P66, M38, 0, 0, 0xB8, FULL, 4, SHORTER, ALL),
    VFNMADD132PS(P66, M38, 0, 0, 0x9C, FULL, 4, SHORTER, ALL),
    VFNMADD213PS(P66, M38, 0, 0, 0xAC, FULL, 4, SHORTER, ALL),
    VFNMADD231PS(P66, M38, 0, 0, 0xBC, FULL, 4, SHORTER, ALL),
    VADDSS(PF3, M0F, 0, 0, 0x58, SCALAR, 4, SHORTER, XMM),
    VSUBSS(PF3, M0F, 0, 0, 0x5C, SCALAR, 4, SHORTER, XMM),
    VMULSS(PF3, M0F, 0, 0, 0x59, SCALAR, 4, SHORTER, XMM),
    VDIVSS(PF3, M0F, 0, 0, 0x5E, SCALAR, 4, SHORTER, XMM),
    VMAXSS(PF3, M0F, 0, 0, 0x5F, SCALAR, 4, SHORTER, XMM),
    VFMADD213SS(P66, M38, 0, 0, 0xA9, SCALAR, 4, SHORTER, XMM),
    VFMADD231SS(P66, M38, 0, 0, 0xB9, SCALAR, 4, SHORTER, XMM),
    VCVTDQ2PS(P0, M0F, 0, 0, 0x5B, FULL, 4, SHORTER, ALL),
    VCVTPS2DQ(P66, M0F, 0, 0, 0x5B, FULL, 4, SHORTER, ALL),
    VCVTTPS2DQ(PF3, M0F, 0, 0, 0x5B, FULL, 4, SHORTER, ALL),
    VCVTPH2PS(P66, M38, 0, 0, 0x13, HALF_MEM, 4, SHORTER, ALL),
    VCVTPS2PH(P66, M3A, 0, 0, 0x1D, HALF_MEM, 4, SHORTER, ALL),
    VCVTNEPS2BF16(PF3, M38, 0, 0, 0x72, FULL, 4, NEVER, ALL),
    VCVTNE2PS2BF16(PF2, M38, 0, 0, 0x72, FULL, 4, NEVER, ALL),
    VDPBF16PS(PF3, M38, 0, 0, 0x52, FULL, 4, NEVER, ALL),
    VRNDSCALEPS(P66, M3A, 0, 0, 0x08, FULL, 4, NEVER, ALL),
    VREDUCEPS(P66, M3A, 0, 0, 0x56, FULL, 4, NEVER, ALL),
    VROUNDPS(P66, M3A, 0, 0, 0x08, FULL_MEM, 4, ONLY, AVX),
    VSCALEFPS(P66, M38, 0, 0, 0x2C, FULL, 4, NEVER, ALL),
    VGETEXPPS(P66, M38, 0, 0, 0x42, FULL, 4, NEVER, ALL),
    VFMSUB231PS(P66, M38, 0, 0, 0xBA, FULL, 4, SHORTER, ALL),
    VMINSS(PF3, M0F, 0, 0, 0x5D, SCALAR, 4, SHORTER, XMM),
    VRCP14PS(P66, M38, 0, 0, 0x4C, FULL, 4, NEVER, ALL),
    VRSQRT14PS(P66, M38, 0, 0, 0x4E, FULL, 4, NEVER, ALL),
    VHADDPS(PF2, M0F, 0, 0, 0x7C, FULL_MEM, 4, ONLY, AVX),
    VCMPPS(P0, M0F, 0, 0, 0xC2, FULL, 4, NEVER, ALL);

    static final int MAP_0F = 1;

    /** pp: the operand-size or repeat prefix that VEX and EVEX hold in two bits. */
    final int prefix;

    /** mmm: the opcode map. */
    final int map;

    /** EVEX.W. */
    final int w;

    /** VEX.W, which EVEX's differs from where VEX ignores it. */
    final int vexW;

    final int opcode;
    final Tuple tuple;

    /** Bytes an element. */
    final int element;

    final VexForm vex;
    final Widths widths;

    Instruction(
            Prefix prefix,
            OpcodeMap map,
            int w,
            int vexW,
            int opcode,
            Tuple tuple,
            int element,
            VexForm vex,
            Widths widths) {
        this.prefix = prefix.number;
        this.map = map.number;
        this.w = w;
        this.vexW = vexW;
        this.opcode = opcode;
        this.tuple = tuple;
        this.element = element;
        this.vex = vex;
        this.widths = widths;
    }

    enum Prefix {
        P0(0),
        P66(1),
        PF3(2),
        PF2(3);

        private final int number;

        Prefix(int number) {
            this.number = number;
        }
    }

    enum OpcodeMap {
        M0F(1),
        M38(2),
        M3A(3);

        private final int number;

        OpcodeMap(int number) {
            this.number = number;
        }
    }

    /** The mnemonic. */
    @Override
    public String toString() {
        String name = name().replace("_STORE", "").replace("_GPR", "");
        return name.toLowerCase(Locale.ROOT);
    }
}
