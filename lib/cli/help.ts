/** What `--help` prints. */
export const HELP = `
express-sms-otp COMMAND

  doctor [--user NAME [--password-stdin]] [--send NUMBER] [--json] [--config FILE]
      Looks at everything that a sign-in needs: versions, options, secret, SMSCs, directory, shared state, texts.
      --user NAME       also at this person, by username or id
      --password-stdin  reads the person's password, to see whether people may write their own numbers
      --send NUMBER     also sends a test SMS to this number
      --json            prints JSON

  phones list USER [--config FILE]
  phones add USER NUMBER [--config FILE]
  phones remove USER NUMBER [--config FILE]
      The numbers of a person, by username or id.

  unlock USER [--config FILE]
      Lifts the lock after too many wrong codes.

  simulator [--smpp-port 2775] [--ldap-port 3890] [--inbox-port 3001]
      An SMSC, its inbox as a web page, and a directory with people, on this machine, for development.

  --help, --version

FILE [sms-otp.config.js] exports what the app passes to smsOtp().
Exit codes: 0, 1 where something is wrong, 2 where the command line is.
`;
