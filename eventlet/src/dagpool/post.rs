//! Values from outside.

use std::error::Error;
use std::fmt::Debug;
use std::hash::Hash;

use super::DAGPool;
use super::error::Collision;
use super::failure::PropagateError;

impl<K, V> DAGPool<K, V>
where
    K: Clone + Eq + Hash + Debug + 'static,
    V: Clone + 'static,
{
    /// Sets the value of a key that nobody has spawned or posted.
    ///
    /// A green thread of the pool may post its own key: what it returns is dropped then.
    ///
    /// # Errors
    ///
    /// Gives the value back if the key has a value, a failure other than a kill, or a green thread
    /// that is not the caller.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::new();
    /// pool.post("a", 1)?;
    /// assert_eq!(pool.post("a", 2).unwrap_err().into_value(), 2);
    /// assert_eq!(pool.get("a").unwrap(), 1);
    /// # Ok::<(), eventlet::dagpool::Collision<&str, i32>>(())
    /// ```
    pub fn post(&self, key: K, value: V) -> Result<(), Collision<K, V>> {
        let node = self.table.find_or_add(key);
        if node.has_lasting_end() || node.belongs_to_another() {
            return Err(Collision::new((*node.key).clone(), value));
        }
        self.table.end(&node, Ok(value));
        Ok(())
    }

    /// Lets a key fail that nobody has spawned or posted. A
    /// [`PropagateError`] becomes the next part of its path.
    ///
    /// # Errors
    ///
    /// Gives the error back where [`post`](DAGPool::post) would give the value back.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::<&str, i32>::new();
    /// pool.post_error("a", "out of paper").unwrap();
    /// assert_eq!(pool.get("a").unwrap_err().to_string(), r#""a" failed: out of paper"#);
    /// ```
    pub fn post_error(
        &self,
        key: K,
        error: impl Into<Box<dyn Error>>,
    ) -> Result<(), Collision<K, Box<dyn Error>>> {
        let error = error.into();
        let node = self.table.find_or_add(key);
        if node.has_lasting_end() || node.belongs_to_another() {
            return Err(Collision::new((*node.key).clone(), error));
        }
        self.table.end(&node, Err(PropagateError::returned(&node.key, error)));
        Ok(())
    }

    /// Sets the value of a key, and replaces a value or a failure that it has.
    ///
    /// Those that have waited for the key have been given what it had before, even if they have not
    /// taken it yet. Whoever asks from now on gets the new value.
    ///
    /// # Errors
    ///
    /// Gives the value back if the key has a green thread that is not the caller.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::dagpool::DAGPool::preload([("a", 1)]);
    /// pool.post_or_replace("a", 2)?;
    /// assert_eq!(pool.get("a").unwrap(), 2);
    /// # Ok::<(), eventlet::dagpool::Collision<&str, i32>>(())
    /// ```
    #[doc(alias = "post(replace=True)")]
    pub fn post_or_replace(&self, key: K, value: V) -> Result<(), Collision<K, V>> {
        let node = self.table.find_or_add(key);
        if node.belongs_to_another() {
            return Err(Collision::new((*node.key).clone(), value));
        }
        self.table.end(&node, Ok(value));
        Ok(())
    }
}
