// A host on a TAP device that is nothing but gVisor's netstack: echo (RFC 862) on port 7, the responder of docs/conformance.md on
// port 8, discard (RFC 863) on port 9, and connections that a test opens, fills, checks and closes by the commands of
// lwip/peer.c.
//
// The program ends with its standard input. netstack has threads of its own; all users of its connections run on one.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/link/tun"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

const (
	echoPort      = 7
	responderPort = 8
	discardPort   = 9
	backlog       = 64
	longestLine   = 64
	piece         = 4096
	card          = 1
	mtu           = 1500
)

// The day of netstack's sources, by the Makefile.
var version = "unknown"

// What is done with the connections of a port.
type service func(*connection)

type connection struct {
	service  service
	number   uint32 // 0: not the test's, and forgotten with the connection
	accepted bool   // the test knows its number
	port     uint16 // that it came to

	endpoint tcpip.Endpoint
	closed   bool   // netstack goes on with it alone, or it is gone
	ended    bool   // the peer's FIN came
	reason   string // why netstack ended it

	left      uint32 // bytes to send
	offset    uint32 // of the next one
	sender    uint32 // the state of their sequence; 0: letters
	shutDown  bool
	close     bool
	sent      uint32
	received  uint32
	expected  uint32 // the state of the sequence that is to come; 0: anything may
	wrong     bool
	unsent    []byte // of an echo
	line      []byte // of a responder
	isTooLong bool
}

type listener struct {
	service  service
	isTest   bool
	port     uint16
	endpoint tcpip.Endpoint
}

var (
	netstack    *stack.Stack
	connections []*connection
	listeners   []*listener
	lastNumber  uint32
	wake        = make(chan struct{}, 1)
)

// A clock that runs faster than ours.
type clock struct {
	tcpip.Clock
	start time.Time
	speed time.Duration
}

func (c *clock) NowMonotonic() tcpip.MonotonicTime {
	return tcpip.MonotonicTime{}.Add(time.Since(c.start) * c.speed)
}

func (c *clock) AfterFunc(wait time.Duration, f func()) tcpip.Timer {
	return &timer{c.Clock.AfterFunc(wait/c.speed, f), c.speed}
}

type timer struct {
	tcpip.Timer
	speed time.Duration
}

func (t *timer) Reset(wait time.Duration) { t.Timer.Reset(wait / t.speed) }

// xorshift32 (Marsaglia, "Xorshift RNGs", 2003), which Traffic.Bytes has too. A state is never 0.
func nextByte(state *uint32) byte {
	x := *state
	x ^= x << 13
	x ^= x >> 17
	x ^= x << 5
	*state = x
	return byte(x >> 24)
}

// Connections.

func watch(queue *waiter.Queue) {
	entry := waiter.NewFunctionEntry(waiter.EventIn|waiter.EventOut|waiter.EventHUp|waiter.EventErr, func(waiter.EventMask) {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	queue.EventRegister(&entry)
}

func newConnection(endpoint tcpip.Endpoint, what service, isTest bool, port uint16) *connection {
	c := &connection{service: what, endpoint: endpoint, port: port, reason: "none"}
	if isTest {
		lastNumber++
		c.number = lastNumber
	}

	connections = append(connections, c)
	return c
}

func newEndpoint() tcpip.Endpoint {
	queue := &waiter.Queue{}
	endpoint, err := netstack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, queue)
	if err != nil {
		fail("netstack makes no endpoint", err)
	}

	watch(queue)
	return endpoint
}

func openConnection(address net.IP, port, localPort uint16, what service, isTest bool) *connection {
	endpoint := newEndpoint()
	err := endpoint.Bind(tcpip.FullAddress{Port: localPort})
	if err == nil {
		err = endpoint.Connect(tcpip.FullAddress{NIC: card, Addr: tcpip.Address(address.To4()), Port: port})
	}

	if _, started := err.(*tcpip.ErrConnectStarted); err != nil && !started {
		endpoint.Close()
		return nil
	}

	return newConnection(endpoint, what, isTest, 0)
}

func listenOn(port uint16, what service, isTest bool) tcpip.Error {
	endpoint := newEndpoint()
	if err := endpoint.Bind(tcpip.FullAddress{Port: port}); err != nil {
		return err
	}

	if err := endpoint.Listen(backlog); err != nil {
		return err
	}

	listeners = append(listeners, &listener{what, isTest, port, endpoint})
	return nil
}

func (l *listener) acceptAll() {
	for {
		endpoint, queue, err := l.endpoint.Accept(nil)
		if err != nil {
			return
		}

		watch(queue)
		newConnection(endpoint, l.service, l.isTest, l.port)
	}
}

func (c *connection) state() tcp.EndpointState { return tcp.EndpointState(c.endpoint.State()) }

func (c *connection) finish() {
	c.endpoint.Close()
	c.closed = true
}

func (c *connection) note(err tcpip.Error) {
	switch err.(type) {
	case *tcpip.ErrWouldBlock:
		return
	case *tcpip.ErrClosedForReceive:
		c.ended = true
		return
	case *tcpip.ErrConnectionReset, *tcpip.ErrConnectionRefused:
		c.reason = "reset"
	case *tcpip.ErrAborted, *tcpip.ErrConnectionAborted:
		c.reason = "aborted"
	default:
		c.reason = "error"
	}

	c.finish()
}

// What has come, at most so much of it.
func (c *connection) take(most int) []byte {
	data := make([]byte, most)
	writer := tcpip.SliceWriter(data)
	result, err := c.endpoint.Read(&writer, tcpip.ReadOptions{})
	if err != nil {
		c.note(err)
		return nil
	}

	c.endpoint.ModerateRecvBuf(result.Count)
	return data[:result.Count]
}

// How many bytes netstack took.
func (c *connection) give(data []byte) int {
	count, err := c.endpoint.Write(bytes.NewReader(data), tcpip.WriteOptions{})
	if err != nil {
		c.note(err)
	}

	return int(count)
}

// Echo and discard.

func echo(c *connection) {
	for !c.closed {
		if len(c.unsent) == 0 {
			if c.unsent = c.take(piece); len(c.unsent) == 0 {
				break
			}
		}

		count := c.give(c.unsent)
		if c.unsent = c.unsent[count:]; count == 0 {
			return
		}
	}

	if c.ended && !c.closed {
		c.finish()
	}
}

func discard(c *connection) {
	for !c.closed && len(c.take(piece)) > 0 {
	}

	if c.ended && !c.closed {
		c.finish()
	}
}

// Sends what a line or a command has asked for, then does what follows it.
func (c *connection) send() {
	for c.left > 0 && !c.closed {
		count := c.left
		if count > piece {
			count = piece
		}

		data := make([]byte, count)
		state := c.sender
		for i := range data {
			if c.sender == 0 {
				data[i] = byte('a' + (c.offset+uint32(i))%26)
			} else {
				data[i] = nextByte(&state)
			}
		}

		taken := c.give(data)
		if taken == 0 {
			return
		}

		for i := 0; i < taken && c.sender != 0; i++ {
			nextByte(&c.sender)
		}

		c.left -= uint32(taken)
		c.offset += uint32(taken)
		c.sent += uint32(taken)
	}

	if c.closed {
		return
	}

	if c.close {
		c.finish()
	} else if c.shutDown {
		c.endpoint.Shutdown(tcpip.ShutdownWrite)
		c.shutDown = false
	}
}

// The responder.

var (
	sendLine    = regexp.MustCompile(`^send ([0-9]{1,7})$`)
	connectLine = regexp.MustCompile(`^connect ([0-9.]+) ([0-9]{1,5})$`)
)

func (c *connection) obey(line string) {
	if line == "close" {
		c.close = true
	} else if line == "shutdown" {
		c.shutDown = true
	} else if words := sendLine.FindStringSubmatch(line); words != nil {
		if count, _ := strconv.Atoi(words[1]); count >= 1 && count <= 1000000 {
			c.left = uint32(count)
			c.offset = 0
		}
	} else if words := connectLine.FindStringSubmatch(line); words != nil {
		address := net.ParseIP(words[1])
		if port, _ := strconv.Atoi(words[2]); address != nil && port >= 1 && port <= 65535 {
			openConnection(address, uint16(port), 0, respond, false)
		}
	}
}

func respond(c *connection) {
	c.send()

	// A line is read to its end and no further before it is obeyed.
	for !c.closed && c.left == 0 {
		letter := c.take(1)
		if len(letter) == 0 {
			break
		}

		if letter[0] != '\n' {
			if c.isTooLong = c.isTooLong || len(c.line) == longestLine; !c.isTooLong {
				c.line = append(c.line, letter[0])
			}

			continue
		}

		line := string(c.line)
		if c.isTooLong {
			line = ""
		}

		c.line, c.isTooLong = nil, false
		c.obey(line)
		c.send()
	}

	if c.ended && c.left == 0 && !c.closed {
		c.finish()
	}
}

// Connections of the test.

func check(c *connection) {
	c.send()
	for !c.closed && !c.ended {
		data := c.take(piece)
		if len(data) == 0 {
			break
		}

		for _, have := range data {
			if c.expected != 0 && have != nextByte(&c.expected) {
				c.wrong = true
			}
		}

		c.received += uint32(len(data))
	}
}

// Does what there is to do.
func (c *connection) turn() {
	switch c.state() {
	case tcp.StateConnecting, tcp.StateSynSent, tcp.StateSynRecv:
	default:
		if !c.closed {
			c.service(c)
		}
	}
}

func turnAll() {
	for _, l := range listeners {
		l.acceptAll()
	}

	// The responder may open connections meanwhile.
	for i := 0; i < len(connections); i++ {
		connections[i].turn()
	}

	kept := connections[:0]
	for _, c := range connections {
		if c.number != 0 || !c.closed {
			kept = append(kept, c)
		}
	}

	connections = kept
}

// Commands.

func (c *connection) stateName() string {
	switch name := c.state().String(); name {
	case "SYN-RCVD":
		return "SYN-RECEIVED"
	case "FIN-WAIT1":
		return "FIN-WAIT-1"
	case "FIN-WAIT2":
		return "FIN-WAIT-2"
	case "INITIAL", "BOUND", "CONNECTING", "ERROR":
		return "CLOSED"
	default:
		return name
	}
}

func answerAccept(port uint16) string {
	for _, c := range connections {
		if c.number != 0 && !c.accepted && c.port == port {
			c.accepted = true
			return fmt.Sprintf("ok %d", c.number)
		}
	}

	return "ok 0"
}

func answerConnect(address string, numbers []uint32) string {
	var localPort uint16
	if len(numbers) > 1 {
		localPort = uint16(numbers[1])
	}

	var c *connection
	if remote := net.ParseIP(address); remote != nil {
		c = openConnection(remote, uint16(numbers[0]), localPort, check, true)
	}

	if c == nil {
		return "error netstack opens no connection to " + address
	}

	c.accepted = true
	return fmt.Sprintf("ok %d", c.number)
}

func answer(command string) string {
	words := strings.Fields(command)
	var numbers []uint32
	for i := len(words) - 1; i > 0; i-- {
		number, err := strconv.ParseUint(words[i], 10, 32)
		if err != nil {
			break
		}

		numbers = append([]uint32{uint32(number)}, numbers...)
	}

	if len(numbers) == 0 {
		return "error not a command"
	}

	switch words[0] {
	case "connect":
		return answerConnect(words[1], numbers)
	case "listen":
		if err := listenOn(uint16(numbers[0]), check, true); err != nil {
			return "error netstack does not listen: " + err.String()
		}

		return "ok"
	case "accept":
		return answerAccept(uint16(numbers[0]))
	}

	var c *connection
	for _, i := range connections {
		if i.number == numbers[0] && i.number != 0 {
			c = i
		}
	}

	if c == nil {
		return "error no such connection"
	}

	if words[0] == "status" {
		what := "open"
		if c.wrong {
			what = "wrong"
		} else if c.ended {
			what = "end"
		}

		return fmt.Sprintf("ok %s %d %d %s %s", c.stateName(), c.sent, c.received, what, c.reason)
	}

	if c.closed {
		return "error the connection is closed"
	}

	switch {
	case words[0] == "send" && len(numbers) == 3:
		if c.left > 0 || c.shutDown {
			return "error the bytes before are not sent"
		}

		c.sender = numbers[1]
		c.left = numbers[2]
	case words[0] == "expect" && len(numbers) == 2:
		c.expected = numbers[1]
	case words[0] == "shutdown":
		c.shutDown = true
	case words[0] == "close":
		c.close = true
	case words[0] == "abort":
		c.endpoint.Abort()
		c.closed = true
		return "ok"
	default:
		return "error not a command"
	}

	c.turn()
	return "ok"
}

func fail(what string, why interface{}) {
	fmt.Fprintf(os.Stderr, "netstack-peer: %s: %v\n", what, why)
	os.Exit(1)
}

func start(name string, address net.IP, speed int) {
	descriptor, err := tun.OpenTAP(name)
	if err != nil {
		fail("cannot open the TAP device "+name, err)
	}

	// Locally administered, and another one for each IP address.
	hardware := []byte{0x02, 'n', 's', address[1], address[2], address[3]}
	link, err := fdbased.New(&fdbased.Options{
		FDs: []int{descriptor}, MTU: mtu, EthernetHeader: true, Address: tcpip.LinkAddress(hardware),
	})
	if err != nil {
		fail("netstack does not take the TAP device", err)
	}

	netstack = stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
		Clock:              &clock{tcpip.NewStdClock(), time.Now(), time.Duration(speed)},
	})
	// As gVisor itself runs it: the library alone leaves selective acknowledgments off.
	sack := tcpip.TCPSACKEnabled(true)
	if err := netstack.SetTransportProtocolOption(tcp.ProtocolNumber, &sack); err != nil {
		fail("netstack does not speak SACK", err)
	}

	own := tcpip.AddressWithPrefix{Address: tcpip.Address(address), PrefixLen: 24}
	if err := netstack.CreateNIC(card, link); err != nil {
		fail("netstack takes no network interface", err)
	}

	if err := netstack.AddProtocolAddress(
		card, tcpip.ProtocolAddress{Protocol: ipv4.ProtocolNumber, AddressWithPrefix: own}, stack.AddressProperties{}); err != nil {
		fail("netstack takes no address", err)
	}

	netstack.SetRouteTable([]tcpip.Route{{Destination: own.Subnet(), NIC: card}})
}

func main() {
	name := flag.String("tap", "", "the TAP device")
	text := flag.String("address", "", "the IPv4 address, with a prefix of 24 bits")
	speed := flag.Int("speed", 1, "how much faster than ours the clock runs")
	flag.Parse()
	address := net.ParseIP(*text).To4()
	if *name == "" || address == nil || *speed < 1 || *speed > 100 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "netstack-peer: usage: netstack-peer --tap NAME --address ADDRESS [--speed N]")
		os.Exit(2)
	}

	start(*name, address, *speed)
	for _, i := range []struct {
		port uint16
		what service
	}{{echoPort, echo}, {responderPort, respond}, {discardPort, discard}} {
		if err := listenOn(i.port, i.what, false); err != nil {
			fail("netstack does not listen", err)
		}
	}

	fmt.Printf("netstack %s at %s on %s\n", version, address, *name)
	commands := make(chan string)
	go func() {
		for input := bufio.NewScanner(os.Stdin); input.Scan(); {
			commands <- input.Text()
		}

		close(commands)
	}()
	for {
		select {
		case command, isOpen := <-commands:
			if !isOpen {
				return
			}

			fmt.Println(answer(command))
		case <-wake:
		}

		turnAll()
	}
}
