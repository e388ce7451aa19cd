# What was read by whom: bytes that vfs_read() returned, and how long it took.
# SPDX-License-Identifier: GPL-2.0-only
#
#	perf btfsnoop record -f 'vfs_read(count, return)' -a -- sleep 10
#	perf script -s btfsnoop-reads.pl
#
# or, once it is installed, perf script record btfsnoop-reads and perf script report btfsnoop-reads.
#
# An example of a handler: a function named like the event, in a package named like its system. Its
# arguments behind the common ones are the fields in the order in which they were recorded, as
# perf script -g perl writes them down: behind $_status, which tells what could not be read, where
# there is such a value.

use strict;
use warnings;

my (%calls, %bytes, %errors, %nanoseconds);

# perf (6.1, 6.12) keeps a pointer to perl's stack while it defines the symbols of a format, and
# crashes where the stack has to grow and moves meanwhile: it is made large beforehand.
sub trace_begin
{
	my @deep = map { $_ } (1 .. 100000);
}

sub btfsnoop::vfs_read__return
{
	my ($event_name, $context, $common_cpu, $common_secs, $common_nsecs, $common_pid,
	    $common_comm, $common_callchain, $duration, $count, $retval) = @_;

	$calls{$common_comm}++;
	$nanoseconds{$common_comm} += $duration;
	if ($retval < 0) {
		$errors{$common_comm}++;
	} else {
		$bytes{$common_comm} += $retval;
	}
}

# perf (6.1) aborts without it.
sub trace_unhandled
{
}

sub trace_end
{
	printf("%-16s %10s %14s %10s %14s\n", "comm", "reads", "bytes", "errors", "us");
	foreach my $comm (sort { $calls{$b} <=> $calls{$a} } keys %calls) {
		printf("%-16s %10u %14u %10u %14.3f\n", $comm, $calls{$comm}, $bytes{$comm} || 0,
		       $errors{$comm} || 0, $nanoseconds{$comm} / 1000);
	}
}
