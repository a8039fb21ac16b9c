package dev.cachalot.tokenizer;

import java.util.List;

/** The control tokens of the DeepSeek V3 family; the bars are U+FF5C, the low lines U+2581. */
public final class DeepSeekTokens {
    public static final String BOS = "<\uFF5Cbegin\u2581of\u2581sentence\uFF5C>";
    public static final String EOS = "<\uFF5Cend\u2581of\u2581sentence\uFF5C>";
    public static final String PAD = "<\uFF5C\u2581pad\u2581\uFF5C>";
    public static final String USER = "<\uFF5CUser\uFF5C>";
    public static final String ASSISTANT = "<\uFF5CAssistant\uFF5C>";
    public static final String THINK = "<think>";
    public static final String END_THINK = "</think>";
    public static final String TOOL_OUTPUT = "<\uFF5Ctool\u2581output\u2581begin\uFF5C>";
    public static final String END_TOOL_OUTPUT = "<\uFF5Ctool\u2581output\u2581end\uFF5C>";
    public static final String TOOL_OUTPUTS = "<\uFF5Ctool\u2581outputs\u2581begin\uFF5C>";
    public static final String END_TOOL_OUTPUTS = "<\uFF5Ctool\u2581outputs\u2581end\uFF5C>";
    public static final String TOOL_CALLS = "<\uFF5Ctool\u2581calls\u2581begin\uFF5C>";
    public static final String END_TOOL_CALLS = "<\uFF5Ctool\u2581calls\u2581end\uFF5C>";
    public static final String TOOL_CALL = "<\uFF5Ctool\u2581call\u2581begin\uFF5C>";
    public static final String END_TOOL_CALL = "<\uFF5Ctool\u2581call\u2581end\uFF5C>";
    public static final String TOOL_SEP = "<\uFF5Ctool\u2581sep\uFF5C>";
    public static final String SEARCH = "<\uFF5Csearch\u2581begin\uFF5C>";

    /**
     * What a vocabulary needs for {@link DeepSeekV31Template} with all roles, in the order of the
     * published ids.
     */
    public static final List<String> CHAT =
            List.of(BOS, EOS, PAD, THINK, END_THINK, USER, ASSISTANT, TOOL_OUTPUT, END_TOOL_OUTPUT);

    private DeepSeekTokens() {}
}
