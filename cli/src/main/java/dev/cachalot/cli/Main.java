package dev.cachalot.cli;

/** Where the process starts. */
public final class Main {

    /** Runs one command and ends the process with its exit code: 0 well, 2 user, 70 ours. */
    public static void main(String[] args) {
        int code = Cachalot.run(Console.ofProcess(), args);
        System.out.flush();
        System.exit(code);
    }

    private Main() {}
}
