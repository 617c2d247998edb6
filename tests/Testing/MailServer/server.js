// A mail server for tests. Tells on standard output, a JSON object a line, what happens; the recipient's local part says how it behaves:
//   unknown…  refused for good (550), with the address in the answer      full…  the message is refused for good (552)
//   busy…     refused for now (451), twice                                slow…  taken, but the first time the client never hears so
'use strict';
const { SMTPServer } = require('smtp-server');
const fs = require('fs');

const options = JSON.parse(process.argv[2]);
const times = new Map();
const say = event => process.stdout.write(JSON.stringify(event) + '\n');
const timesSeen = name => (times.set(name, (times.get(name) ?? 0) + 1), times.get(name));
const refusal = (responseCode, text) => Object.assign(new Error(text), { responseCode });
const localPart = address => address.address.split('@')[0];

const server = new SMTPServer({
  secure: options.tls === 'Implicit',
  disabledCommands: options.tls === 'None' ? ['STARTTLS'] : [],
  key: options.key && fs.readFileSync(options.key),
  cert: options.certificate && fs.readFileSync(options.certificate),
  authOptional: !options.user,
  authMethods: ['PLAIN', 'LOGIN'],
  // A connection that is ended is ended: the next test's server listens on the same port.
  closeTimeout: 100,
  onAuth(auth, session, callback) {
    say({ event: 'auth', user: auth.username, secure: session.secure });
    if (auth.username === options.user && auth.password === options.password)
      callback(null, { user: auth.username });
    else
      callback(refusal(535, '5.7.8 wrong user name or password'));
  },
  onRcptTo(address, session, callback) {
    const name = localPart(address);
    say({ event: 'recipient', to: address.address });
    if (name.startsWith('unknown'))
      return callback(refusal(550, `5.1.1 <${address.address}>: no such mailbox`));
    if (name.startsWith('busy') && timesSeen(name) <= 2)
      return callback(refusal(451, '4.2.1 try again later'));
    callback();
  },
  onData(stream, session, callback) {
    const chunks = [];
    stream.on('data', chunk => chunks.push(chunk));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(address => address.address);
      const name = to[0].split('@')[0];
      if (name.startsWith('full'))
        return callback(refusal(552, '5.2.2 mailbox full'));
      say({ event: 'mail', to, from: session.envelope.mailFrom.address, secure: session.secure, user: session.user, raw: Buffer.concat(chunks).toString('base64') });
      if (!(name.startsWith('slow') && timesSeen(name) === 1))
        callback(null, 'taken');
    });
  },
});
server.on('error', error => say({ event: 'trouble', text: error.message }));
server.listen(options.port, '127.0.0.1', () => say({ event: 'listening' }));
