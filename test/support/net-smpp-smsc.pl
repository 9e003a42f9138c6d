# An SMSC for one client after the other on Net::SMPP, whose codec owes nothing to ours. On standard output: its port, then each PDU that
# comes, a line of JSON each. It takes every message, sends its receipt, and asks once whether the client is alive.
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

$| = 1;

sub report {
    print JSON::PP->new->canonical->encode($_[0]), "\n";
}

# Numbers and texts as they are, the message's bytes in hexadecimal.
sub fields_of {
    my %fields = %{ $_[0] };
    delete @fields{qw(cmd data known_pdu reserved)};
    $fields{short_message} = unpack 'H*', $fields{short_message} if defined $fields{short_message};
    return { %fields, command => $_[0]->explain_cmd };
}

# Real SMSCs say it in words or in optional parameters: in words for a message in GSM, else in parameters.
sub send_receipt {
    my ($client, $message, $id) = @_;
    my @outcome =
        $message->{data_coding} == 0
        ? (short_message => "id:$id sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:")
        : (receipted_message_id => "$id\0", message_state => pack('C', 2));
    $client->deliver_sm(
        async            => 1,
        esm_class        => 4,
        source_addr      => $message->{destination_addr},
        destination_addr => $message->{source_addr},
        @outcome,
    );
}

my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0) or die "There is no port: $!\n";
report({ port => $listener->sockport });
my $count = 0;
# Somebody who only looks whether there is a server leaves without a word; an operator's own parameters have no names.
$SIG{__WARN__} = sub { warn @_ unless $_[0] =~ /^(premature eof|Unknown tag)/ };

while (my $client = $listener->accept) {
    serve($client);
}

sub serve {
    my ($client) = @_;
    while (my $pdu = $client->read_pdu) {
        report(fields_of($pdu));
        my $command = $pdu->explain_cmd;
        if ($command =~ /^bind_(transceiver|transmitter)$/) {
            my $answer = "${command}_resp";
            $client->$answer(seq => $pdu->{seq}, system_id => 'Net::SMPP');
            $client->enquire_link(async => 1);
        } elsif ($command eq 'submit_sm') {
            my $id = 'N' . ++$count;
            $client->submit_sm_resp(seq => $pdu->{seq}, message_id => $id);
            send_receipt($client, $pdu, $id) if $pdu->{registered_delivery} == 1;
        } elsif ($command eq 'enquire_link') {
            $client->enquire_link_resp(seq => $pdu->{seq});
        } elsif ($command eq 'unbind') {
            $client->unbind_resp(seq => $pdu->{seq});
            last;
        }
    }
}
