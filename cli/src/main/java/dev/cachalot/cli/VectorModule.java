package dev.cachalot.cli;

import java.lang.reflect.InvocationTargetException;

/**
 * Brings jdk.incubator.vector into the running JVM.
 *
 * <p>Why not by {@code --add-modules}: the JVM then writes a warning to the user's terminal that no
 * flag turns off, and gives up its archived module graph, which costs some 60 ms at every start.
 * The JDK's own way of adding a module later (used for agents) has neither effect; the launcher
 * exports its package to us. The speed of vector code is the same either way.
 */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    /** Loads the module unless it is there; to be called before the first class that needs it. */
    static synchronized void load() {
        if (ModuleLayer.boot().findModule(NAME).isPresent()) {
            return;
        }
        try {
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, NAME);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InvocationTargetException failure) {
            throw new UserException(
                    "this Java cannot load "
                            + NAME
                            + " ("
                            + failure
                            + "); start with ./cachalot, or give java --add-modules "
                            + NAME);
        }
    }

    private VectorModule() {}
}
