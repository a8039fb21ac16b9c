package dev.cachalot.tasks;

/** The languages that problems are asked, reasoned about and answered in. */
public enum Language {
    ENGLISH("en"),
    CHINESE("zh"),
    SPANISH("es");

    private final String code;

    Language(String code) {
        this.code = code;
    }

    /** The two-letter code of ISO 639-1. */
    public String code() {
        return code;
    }
}
