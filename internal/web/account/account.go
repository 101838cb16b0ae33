package account

import (
	"net"
	"net/http"
	"strings"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
)

// Pages are the pages of this package.
type Pages struct {
	Auth *auth.Service
	Org  *org.Service

	Secure bool // behind a proxy that speaks https and says whose request it passes on
}

const passwordPath = paths.Account + "/password"

// Routes registers the pages.
func (p Pages) Routes(s *web.Site) {
	s.Handle("GET "+paths.SignIn, web.Public, p.signInPage)
	s.Handle("POST "+paths.SignIn, web.Public, p.signIn)
	s.Handle("POST "+paths.SignOut, web.Public, p.signOut)
	s.Handle("GET "+paths.Account, org.AccountOwn, p.account)
	s.Handle("POST "+paths.Account+"/preferences", org.AccountOwn, func(w http.ResponseWriter, r *http.Request) error { return p.prefer(s, w, r) })
	s.Handle("GET "+passwordPath, org.AccountOwn, p.passwordPage)
	s.Handle("POST "+passwordPath, org.AccountOwn, p.changePassword)
	s.Handle("POST "+paths.Account+"/sessions/end", org.AccountOwn, p.endSession)
	s.Handle("POST "+paths.Account+"/sessions/end-others", org.AccountOwn, p.endOthers)
	s.Handle("GET "+keysPath, org.KeysOwn, p.keys)
	s.Handle("POST "+keysPath, org.KeysOwn, p.createKey)
	s.Handle("POST "+keysPath+"/revoke", org.KeysOwn, p.revokeKey)
}

// Authenticate says who a request comes from: the owner of its session. It is
// what web.Options wants. Somebody whose password is known to somebody else
// gets no further than the page for a new one.
func (p Pages) Authenticate(r *http.Request) (org.Actor, error) {
	cookie, err := r.Cookie(auth.CookieName)
	if err != nil {
		return org.Actor{}, errs.New(errs.Unauthenticated, "web.sign_in_first")
	}
	session, err := p.Auth.Session(r.Context(), cookie.Value)
	if err != nil {
		return org.Actor{}, err
	}
	actor, err := p.Org.Actor(r.Context(), org.StaffID(session.StaffID))
	switch {
	case errs.Is(err, errs.NotFound), err == nil && !actor.Staff.Active:
		return org.Actor{}, errs.New(errs.Unauthenticated, "web.sign_in_first")
	case err == nil && session.MustChange:
		return org.Actor{}, &web.Detour{Actor: actor, Path: passwordPath}
	}
	return actor, err
}

// session is the session of the request, which came through Authenticate.
func (p Pages) session(r *http.Request) (auth.Session, error) {
	cookie, err := r.Cookie(auth.CookieName)
	if err != nil {
		return auth.Session{}, errs.New(errs.Unauthenticated, "web.sign_in_first")
	}
	return p.Auth.Session(r.Context(), cookie.Value)
}

// cookie carries a session's token until the browser is told otherwise; the
// server ends the session by its own clock.
func (p Pages) cookie(token string, age int) *http.Cookie {
	return &http.Cookie{
		Name: auth.CookieName, Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: p.Secure, SameSite: http.SameSiteLaxMode,
	}
}

// addr is the client's address. Behind a proxy it is the last one the proxy
// added; what stands before it was written by the client.
func (p Pages) addr(r *http.Request) string {
	if p.Secure {
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// device is what a person will know a device by: iPhone, WeChat.
func device(agent string) string {
	pick := func(known ...string) string {
		for i := 0; i < len(known); i += 2 {
			if strings.Contains(agent, known[i]) {
				return known[i+1]
			}
		}
		return ""
	}
	// The order matters: each of these also calls itself one of those after it.
	system := pick("iPhone", "iPhone", "iPad", "iPad", "HarmonyOS", "HarmonyOS", "Android", "Android", "Windows", "Windows", "Mac OS", "Mac", "Linux", "Linux")
	browser := pick("MicroMessenger", "WeChat", "Edg", "Edge", "Firefox", "Firefox", "FxiOS", "Firefox", "CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari")
	switch {
	case system != "" && browser != "":
		return system + ", " + browser
	case system+browser != "":
		return system + browser
	case len(agent) > 40:
		return agent[:40]
	default:
		return agent
	}
}
