/** The tasks room. */
module dev.cachalot.tasks {
    requires static org.jspecify;

    exports dev.cachalot.tasks;
}
