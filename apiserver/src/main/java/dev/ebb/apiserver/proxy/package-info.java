/// The sub-resources `proxy` of Pods and Services: requests that go on to what runs behind them.
@NullMarked
package dev.ebb.apiserver.proxy;

import org.jspecify.annotations.NullMarked;
