package main
import ("testing";"github.com/ricejar/ricejar/internal/day";"github.com/ricejar/ricejar/internal/org";"time";"fmt")
func TestZZ(t *testing.T){
 o:=options{customers:100000,purchases:1000000,seed:1,today:day.MustParse("2026-11-22")}
 w:=newWorld(o)
 for s:=range 50 { w.stores=append(w.stores, org.Store{ID:org.StoreID(s+1)}); w.sellers=append(w.sellers, []org.StaffID{1,2,3,4,5,6,7,8}) }
 t0:=time.Now(); w.sell(); fmt.Println("sell",time.Since(t0))
 for _,tb:=range w.tables(){ t0:=time.Now(); n:=0; tb.rows(func(r ...any)bool{n++;return true}); fmt.Println(tb.name,n,time.Since(t0)) }
}
