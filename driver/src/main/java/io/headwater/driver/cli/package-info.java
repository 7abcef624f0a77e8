/**
 * The command line: one class for each command. A command turns its options into a configuration,
 * calls the stage, and prints what came out; standard output holds results, standard error the
 * rest.
 */
package io.headwater.driver.cli;
